"""What is done for each kind of request: ask the core, send what it says."""

from __future__ import annotations

import asyncio
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import structlog

from bot.answer.answer import Answer
from bot.answer.blocks import Lead, Note, Verdict
from bot.doors.messenger.floods import Floods
from bot.doors.messenger.identity import Identities
from bot.doors.telegram_bot.reading import Request
from bot.doors.telegram_bot.render import Button, Message, Renderer, chosen
from bot.doors.telegram_bot.sending import Sender, UndeliverableError
from bot.errors import QuestionError
from bot.settings import Settings
from knowledge.places.nearest import POINTS_AS_OF, nearest_commune
from knowledge.places.resolver import open_resolver
from knowledge.store.store import Store
from knowledge.text import sentence_spans
from prompts.sources import date_text
from prompts.text import Text
from prompts.wording import Wording

if TYPE_CHECKING:
    from bot.keeping.keeping import Keeping

WORKERS: Final = 4  # questions answered at once; the rest of the work is waiting
LONG_CLAIM_CHARS: Final = 300  # a longer one is looked up sentence by sentence
MAX_CLAIM_SENTENCES: Final = 4
MIN_CLAIM_WORDS: Final = 6
REASONS: Final = ("wrong", "off_topic", "incomplete", "outdated", "hard_to_read")
COMMANDS: Final = ("hoi", "noi", "diachi", "vanban", "moi", "xoa", "trogiup")
_WHERE = re.compile(r"\b(?:nộp|ở đâu|nop|o dau)\b", re.IGNORECASE)
_NOW = re.compile(r"\b(?:nay|cũ|trước đây|sáp nhập|gồm|thuộc)\b|\?", re.IGNORECASE)

Value = TypeVar("Value")
log = structlog.get_logger("haicap.telegram")


class AssistantLike(Protocol):
    """The conversation, as this door needs it; every method may be called from any thread."""

    def ask(self, question: str, conversation_id: str | None = None) -> Answer:
        """Answer one question; raises `QuestionError` when it cannot be asked."""

    def saved_answer(self, answer_id: str) -> Answer | None:
        """An earlier answer with its question, or None."""

    def opening_questions(self) -> tuple[str, ...]:
        """Example questions."""


class CoreLike(Protocol):
    """Everything behind the door."""

    @property
    def assistant(self) -> AssistantLike:
        """The conversation."""

    @property
    def store(self) -> Store:
        """The documents."""

    @property
    def keeping(self) -> Keeping:
        """Visits, and updates not answered yet."""


class Handling:
    """Carries out requests; one method for each kind."""

    def __init__(
        self,
        core: CoreLike,
        sender: Sender,
        settings: Settings,
        say: Wording,
        who: Identities,
    ) -> None:
        self._assistant, self._sender = core.assistant, sender
        self._documents, self._visits = core.store.documents, core.keeping.visits
        self._settings, self._say = settings, say
        self._render = Renderer(say, settings.public_url)
        self._who = who
        self._floods = Floods(settings.rate_limit, settings.telegram_chat_limit)
        self._pool = ThreadPoolExecutor(WORKERS, "telegram")
        self.name = ""  # the bot's user name, known once it is connected
        self._kinds: dict[str, Callable[[Request], Awaitable[None]]] = {
            "question": self._question,
            "claim": self._claim,
            "command": self._command,
            "press": self._press,
            "location": self._location,
            "unreadable": lambda r: self._note(r, "said.unreadable"),
            "joined": self._greet,
        }

    async def __call__(self, request: Request) -> None:
        """Do one request; whatever goes wrong, the person is told and nothing is raised."""
        try:
            if await self._too_fast(request):
                return
            await self._kinds[request.kind](request)
        except UndeliverableError as error:
            log.info("telegram_undeliverable", reason=type(error.__cause__).__name__)
        except Exception as error:
            _log_crash(error)
            try:
                await self._note(request, "said.trouble")
            except UndeliverableError:
                log.info("telegram_undeliverable")

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _too_fast(self, request: Request) -> bool:
        person, chat = self._who.person(request.user_id), self._who.chat(request.chat_id)
        refusal = self._floods.refuse(person, chat)
        if refusal is None:
            return False
        log.info("telegram_too_fast", who=refusal.who)
        name = "too_fast" if refusal.who == "person" else "chat_too_fast"
        text = self._say.text(f"telegram.said.{name}", seconds=refusal.wait_s)
        if request.kind == "press":
            await self._sender.answer_press(request.callback_id, text.words)
        elif refusal.tell:
            await self._send(request, self._render.note(Verdict(text)))
        return True

    # Questions

    async def _question(self, request: Request) -> None:
        await self._ask(request, request.text, unseen=request.unseen)

    async def _ask(
        self, request: Request, question: str, *, heading: bool = False, unseen: bool = False
    ) -> None:
        """Ask the core and send the first screen of its answer."""
        try:
            async with self._sender.typing(request.chat_id):
                answer = await self._in_thread(lambda: self._answered(request, question))
        except QuestionError as error:
            await self._send(request, self._render.note(Verdict(Text.of(error.message_vi))))
            return
        extra = {"question": answer.question} if self._settings.log_questions else {}
        log.info("answer", status=answer.status, sources=len(answer.citations), **extra)
        shown = self._render.answer(
            answer, heading=answer.question if heading else "", unseen=unseen
        )
        if shown:
            await self._send(request, shown)

    def _answered(self, request: Request, question: str) -> Answer:
        person, chat = self._who.person(request.user_id), self._who.chat(request.chat_id)
        conversation_id = self._visits.conversation(person, chat)
        if conversation_id is None:
            conversation_id = secrets.token_urlsafe(12)
            self._visits.set_conversation(person, chat, conversation_id)
        answer = self._assistant.ask(question, conversation_id)
        self._visits.add(person, conversation_id, answer.answer_id)
        return answer

    async def _claim(self, request: Request) -> None:
        """Somebody's text passed on: the clauses that speak to it."""
        async with self._sender.typing(request.chat_id):
            answers = await self._in_thread(lambda: self._looked_up(request))
        if len(answers) == 1 and not answers[0].citations and answers[0].status == "answered":
            shown = self._render.answer(answers[0])  # a reply, such as numbers to call for help
        else:
            shown = self._render.claim(answers)
        if shown:
            await self._send(request, shown)

    def _looked_up(self, request: Request) -> list[Answer]:
        person, answers = self._who.person(request.user_id), []
        for part in _claims(request.text, self._settings.max_question_chars):
            try:
                answer = self._assistant.ask(part)  # no part of this person's conversation
            except QuestionError:
                continue
            self._visits.add(person, answer.conversation_id, answer.answer_id)
            answers.append(answer)
        return answers

    # Commands

    async def _command(self, request: Request) -> None:
        text = request.text
        match request.command:
            case "start" if request.group:
                await self._greet(request)
            case "start":
                await self._welcome(request)
            case "trogiup" | "help":
                days = self._settings.telegram_retention_days
                await self._send(request, self._render.help(days))
            case "moi":
                await self._in_thread(lambda: self._new_conversation(request))
                await self._note(request, "said.new")
            case "xoa":
                await self._forget(request)
            case "vanban":
                question = await self._in_thread(lambda: self._about_documents(text))
                await self._ask(request, question)
            case "hoi" | "noi" | "diachi" if not text:
                prompt = Verdict(self._say.text(f"telegram.ask.{request.command}"))
                await self._send(request, self._render.note(prompt, prompt=True))
            case "hoi":
                await self._ask(request, text)
            case "noi":
                whole = _WHERE.search(text)
                await self._ask(
                    request, text if whole else self._say("telegram.question.noi", text=text)
                )
            case "diachi":
                whole = _NOW.search(text)
                full = text if whole else self._say("telegram.question.diachi", text=text)
                await self._ask(request, full)
            case _ if not request.group:
                await self._note(request, "said.unknown_command")

    def _about_documents(self, text: str) -> str:
        if not text:
            return self._say("telegram.question.vanban")
        if not any(c.isdecimal() for c in text):
            return self._say("telegram.question.vanban_topic", text=text)
        numbers = re.findall(r"\d+", text)
        named = [
            d.metadata.label
            for d in self._documents.all()
            if numbers[0] in re.findall(r"\d+", d.metadata.number or "")
        ]
        return self._say(
            "telegram.question.vanban_number", text=named[0] if len(named) == 1 else text
        )

    async def _welcome(self, request: Request) -> None:
        keys = ("noi", "diachi", "vanban", "location")
        noi, diachi, vanban, location = (self._say(f"telegram.keyboard.{key}") for key in keys)
        await self._sender.send(
            request.chat_id,
            self._render.welcome(),
            keyboard=((noi, diachi), (vanban, location)),
            placeholder=self._say("telegram.keyboard.placeholder"),
            location_button=location,
        )

    async def _greet(self, request: Request) -> None:
        await self._sender.send(request.chat_id, self._render.group_welcome(f"@{self.name}"))

    def _new_conversation(self, request: Request) -> None:
        person, chat = self._who.person(request.user_id), self._who.chat(request.chat_id)
        self._visits.set_conversation(person, chat, secrets.token_urlsafe(12))

    async def _forget(self, request: Request) -> None:
        person = self._who.person(request.user_id)
        count = await self._in_thread(lambda: self._visits.forget_person(person))
        if count:
            said = Verdict(self._say.text("telegram.said.forgotten", count=count))
            await self._send(request, self._render.note(said))
        else:
            await self._note(request, "said.forgotten_nothing")

    # Buttons: "letter:answer:rest", see render.py

    async def _press(self, request: Request) -> None:
        action, _, rest = request.text.partition(":")
        if action == "c":
            await self._sender.answer_press(request.callback_id)
            await self._made_of(request, rest)
            return
        answer_id, _, rest = rest.partition(":")
        answer = await self._in_thread(lambda: self._assistant.saved_answer(answer_id))
        if answer is None:
            await self._sender.answer_press(request.callback_id, self._say("telegram.said.gone"))
        elif action in "fr":
            await self._vote(request, answer, action, rest)
        else:
            await self._sender.answer_press(request.callback_id)
            await self._open(request, answer, action, rest)

    async def _open(self, request: Request, answer: Answer, action: str, rest: str) -> None:
        numbers = [int(part) for part in rest.split(":") if part.isdecimal()]
        if not numbers:
            return
        shown: Message | None = None
        if action == "q" and numbers[0] < len(answer.suggestions):
            await self._ask(request, answer.suggestions[numbers[0]], heading=True)
        elif action == "k":
            question = chosen(answer, numbers[0])
            if question:
                await self._ask(request, question, heading=True)
        elif action == "p":
            shown = self._render.answer(answer, numbers[0])
        elif action == "w":
            shown = self._render.chooser(answer, self._render.markers(answer, numbers[0]))
        elif action == "v":
            shown = await self._in_thread(lambda: self._verbatim(answer, *numbers[:2]))
        if shown:
            await self._send(request, shown)

    def _verbatim(self, answer: Answer, marker: int, page: int = 0) -> Message | None:
        cited = next((c for c in answer.citations if c.marker == marker), None)
        document = self._documents.get(cited.document_id) if cited else None
        return self._render.verbatim(answer, marker, document, page)

    async def _vote(self, request: Request, answer: Answer, action: str, rest: str) -> None:
        reason = rest if action == "r" else None
        useful = action == "f" and rest == "1"
        if reason is not None and reason not in REASONS:
            return
        person = self._who.person(request.user_id)
        mine = await self._in_thread(
            lambda: self._visits.rate(person, answer.answer_id, useful, reason)
        )
        if not mine:
            await self._sender.answer_press(
                request.callback_id, self._say("telegram.said.not_yours")
            )
        elif useful:
            await self._sender.answer_press(request.callback_id, self._say("telegram.said.thanks"))
        elif reason is None:
            await self._sender.answer_press(request.callback_id)
            rows = [
                (Button(self._say(f"answers.reason.{r}"), f"r:{answer.answer_id}:{r}"),)
                for r in REASONS
            ]
            why = Verdict(self._say.text("telegram.said.why"))
            await self._send(request, self._render.note(why, rows=rows))
        else:
            await self._sender.answer_press(request.callback_id, self._say("telegram.said.thanks"))
            named = self._say(f"answers.reason.{reason}").lower()
            told = Verdict(self._say.text("telegram.said.why_thanks", reason=named))
            await self._sender.edit(request.chat_id, request.message_id, self._render.note(told))

    # Places

    async def _location(self, request: Request) -> None:
        near = await self._in_thread(lambda: nearest_commune(request.latitude, request.longitude))
        if near is None:
            await self._note(request, "location.far")
            return
        km = f"{near.km:.1f}".replace(".", ",")
        address = near.commune.address
        found = Lead(self._say.text("telegram.location.near", address=address, km=km), address)
        as_of = date_text(open_resolver().catalogue.as_of)
        points = date_text(POINTS_AS_OF)
        note = Note(self._say.text("telegram.location.note", as_of=as_of, points=points))
        button = Button(self._say("telegram.button.made_of"), f"c:{near.commune.code}")
        await self._send(request, self._render.note(found, note, rows=[(button,)]))

    async def _made_of(self, request: Request, code: str) -> None:
        commune = open_resolver().catalogue.communes.get(code)
        if commune:
            question = self._say("places.suggest.made_of", address=commune.address)
            await self._ask(request, question, heading=True)

    # Sending

    async def _note(self, request: Request, name: str) -> None:
        await self._send(request, self._render.note(Verdict(self._say.text(f"telegram.{name}"))))

    async def _send(self, request: Request, message: Message) -> None:
        """In a group as a reply, so that everybody sees what it answers."""
        reply_to = request.message_id if request.group and request.message_id else None
        await self._sender.send(request.chat_id, message, reply_to)

    async def _in_thread(self, work: Callable[[], Value]) -> Value:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def _claims(text: str, max_chars: int) -> list[str]:
    """The text, or the first sentences of a long one, each short enough to be asked."""
    if len(text) <= min(LONG_CLAIM_CHARS, max_chars):
        return [text]
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    telling = [s for s in sentences if len(s.split()) >= MIN_CLAIM_WORDS and len(s) <= max_chars]
    return telling[:MAX_CLAIM_SENTENCES] or [text[:max_chars]]


def _log_crash(error: Exception) -> None:
    """Where it happened, without its message, which may quote the question."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("crash", error=type(error).__name__, where=where)
