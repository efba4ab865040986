"""Prometheus metrics of the web door, in a registry of their own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest

from bot.answer.answer import Answer

# Answers without a language model take 10 to 60 ms, so the buckets are dense there.
_BUCKETS = (0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


class Metrics:
    """Counters and histograms; one instance for each application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "haicap_http_requests_total",
            "HTTP requests",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "haicap_http_request_seconds",
            "Time to serve a request",
            ["route"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._answers = Counter(
            "haicap_answers_total", "Answers given", ["status"], registry=self.registry
        )
        self._answer_seconds = Histogram(
            "haicap_answer_seconds",
            "Time the assistant took",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._model_answers = Counter(
            "haicap_llm_answers_total",
            "Answers that a language model was asked for",
            ["outcome"],  # model, cached, too_little, or why it failed
            registry=self.registry,
        )
        self._model_tokens = Counter(
            "haicap_llm_tokens_total",
            "Tokens, as counted by the server",
            ["kind"],
            registry=self.registry,
        )
        self._model_seconds = Histogram(
            "haicap_llm_seconds",
            "Time the language model took for an answer",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._feedback = Counter(
            "haicap_feedback_total", "Feedback received", ["useful"], registry=self.registry
        )
        self.rate_limited = Counter(
            "haicap_rate_limited_total", "Requests over the rate limit", registry=self.registry
        )
        self.turned_away = Counter(
            "haicap_turned_away_total",
            "Requests refused because too many waited",
            registry=self.registry,
        )
        self.left_the_queue = Counter(
            "haicap_left_the_queue_total",
            "Requests whose client left before their turn",
            registry=self.registry,
        )
        self.streams_cut = Counter(
            "haicap_streams_cut_total", "Streams the client left early", registry=self.registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; unusual methods share a label, so that labels stay few."""
        label = method if method in _METHODS else "other"
        self._requests.labels(label, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer, seconds: float) -> None:
        """Count one answer."""
        self._answers.labels(answer.status).inc()
        self._answer_seconds.observe(seconds)
        if use := answer.phrasing:
            self._model_answers.labels(use["outcome"]).inc()
            if use["outcome"] != "cached":
                self._model_seconds.observe(use["seconds"])
            self._model_tokens.labels("prompt").inc(use["prompt_tokens"] or 0)
            self._model_tokens.labels("completion").inc(use["completion_tokens"] or 0)

    def feedback(self, useful: bool) -> None:
        """Count one piece of feedback."""
        self._feedback.labels("yes" if useful else "no").inc()

    def exposition(self) -> bytes:
        """The text format that Prometheus reads."""
        return generate_latest(self.registry)
