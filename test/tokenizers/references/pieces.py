"""What SentencePiece itself makes of texts, for small models of each kind: run with Debian's python3-sentencepiece (0.1.97), which
writes pieces.jsonl. The numbers are those that the slow tokenizers of transformers give: each class has its own offset."""

import base64
import io
import json
import os
import random
import tempfile

import sentencepiece

HERE = os.path.dirname(os.path.abspath(__file__))

WORDS = (
    "the model reads a card and says what it found in it the files of a repository are checked one by one and the rest is run "
    "on this machine small models answer within a second large ones take longer nobody knows why der Hund und die Katze laufen "
    "über die Straße le chat est très élégant où est la gare niño mañana señor привет мир как дела 东京 是 日本 的 首都 "
    "running runner runs reader readers reading unread cards carding discard machine machines machinery found founder founding"
).split()
ENDS = [".", ",", "!", "?", ";", ":", " -", " (ok)", " 1,234", " 2024", "'s", ""]

TEXTS = [
    "The model reads a card.",
    "  two  spaces   before,  between and after  ",
    "tabs\tand\nlines\r\nare spaces too",
    "the Hund läuft über die Straße",
    "ﬁne ﬂow Ａ Ｂ１２ ～ ① ½ ™",
    "e\u0301le\u0301gant n\u0303o",
    "привет, мир!",
    "東京是日本的首都",
    "emoji 😀👍🏽 here",
    "unknown ₿Ωx ʘʘʘ letters",
    "1,234 and 2024, 9,",
    "(ok) - [x] ``quoted''",
    "zero\u200bwidth\u00a0space\u3000wide\u0007bell",
    "literal ▁ mark ▁▁x",
    "a",
    " ",
    "machines' machinery founding discard runner",
    "x\n\ny  <b>bold</b>    four",
    "𝔘𝔫𝔦 \U00020000",
]

# Sequences of code points, and what takes their place: what nmt_nfkc has, but little enough to be kept here.
RULES = (
    [(chr(0xFF21 + i), chr(65 + i)) for i in range(26)]
    + [(chr(0xFF11 + i), str(i + 1)) for i in range(9)]
    + [("ﬁ", "fi"), ("ﬂ", "fl"), ("①", "1"), ("½", "1⁄2"), ("™", "TM"), ("e\u0301", "é"), ("n\u0303", "ñ"), ("\u200b", ""), ("\u0007", "")]
    + [("\t", " "), ("\n", " "), ("\r", " "), ("\u00a0", " "), ("\u3000", " "), ("▁", " ")]
)
FOLDED = RULES + [(chr(65 + i), chr(97 + i)) for i in range(26)] + [("ẞ", "ss"), ("ß", "ss")]


def corpus(seed):
    draw = random.Random(seed)
    for _ in range(1500):
        words = [draw.choice(WORDS) for _ in range(draw.randint(3, 12))]
        words = [word.capitalize() if draw.random() < 0.2 else word for word in words]
        yield " ".join(words) + draw.choice(ENDS)


def train(seed, rules=None, **options):
    """The bytes of a model."""
    written = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        if rules is not None:
            table = os.path.join(folder, "rules.tsv")
            points = lambda text: " ".join(f"{ord(character):X}" for character in text)
            with open(table, "w") as file:
                file.writelines(f"{points(a)}\t{points(b)}\n" for a, b in rules)
            options["normalization_rule_tsv"] = table
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=corpus(seed), model_writer=written, minloglevel=2, character_coverage=1.0, num_threads=1, **options
        )
    return written.getvalue()


def encode(model, number, texts=TEXTS, prepare=lambda text: text):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    return [
        [text, [number(piece) for piece in processor.encode(prepare(text))], processor.decode(processor.encode(prepare(text)))]
        for text in texts
    ]


def line(name, class_name, files, cases, config=None):
    return {
        "name": name,
        "className": class_name,
        "config": config or {},
        "files": {path: base64.b64encode(data).decode() for path, data in files.items()},
        "cases": cases,
    }


def lines():
    same = lambda piece: piece
    plain = train(1, RULES, vocab_size=150, model_type="unigram")
    size = sentencepiece.SentencePieceProcessor(model_proto=plain).get_piece_size()
    fairseq = lambda piece: 3 if piece == 0 else piece + 1
    for name in ("XLMRobertaTokenizer", "MBartTokenizer", "MBart50Tokenizer"):
        yield line(name, name, {"sentencepiece.bpe.model": plain}, encode(plain, fairseq))
    yield line(
        "CamembertTokenizer",
        "CamembertTokenizer",
        {"sentencepiece.bpe.model": plain},
        encode(plain, lambda piece: 3 if piece == 0 else piece + 4),
    )
    t5 = dict(pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    model = train(2, FOLDED, vocab_size=150, model_type="unigram", **t5)
    yield line("T5Tokenizer", "T5Tokenizer", {"spiece.model": model}, encode(model, same))
    model = train(3, vocab_size=150, model_type="unigram", normalization_rule_name="identity", **t5)
    yield line("T5Tokenizer, no normalization", "T5Tokenizer", {"spiece.model": model}, encode(model, same), {"extra_ids": 0})
    model = train(3, vocab_size=150, model_type="bpe", normalization_rule_name="identity", **t5)
    yield line("T5Tokenizer, pairs", "T5Tokenizer", {"spiece.model": model}, encode(model, same))
    model = train(3, RULES, vocab_size=150, model_type="unigram", remove_extra_whitespaces=False, **t5)
    yield line("T5Tokenizer, all spaces", "T5Tokenizer", {"spiece.model": model}, encode(model, same))
    model = train(
        4, RULES, vocab_size=150, model_type="unigram", pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, control_symbols="[CLS],[SEP],[MASK]", user_defined_symbols="(,),-,carding"
    )
    # Plain letters: what transformers does to others before SentencePiece is not what is compared here.
    texts = [text for text in TEXTS if text.isascii() and "``" not in text and ",234" not in text]
    cases = encode(model, same, texts, lambda text: " ".join(text.lower().split()))
    yield line("AlbertTokenizer", "AlbertTokenizer", {"spiece.model": model}, cases)
    model = train(5, RULES, vocab_size=150, model_type="unigram", pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]")
    yield line("DebertaV2Tokenizer", "DebertaV2Tokenizer", {"spm.model": model}, encode(model, same))
    llama = dict(model_type="bpe", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False)
    model = train(6, vocab_size=470, **llama)
    yield line("LlamaTokenizer", "LlamaTokenizer", {"tokenizer.model": model}, encode(model, same))
    # Those are cut by transformers before SentencePiece has its turn.
    starts = [text for text in TEXTS if not text.startswith(" ")]
    yield line("LlamaTokenizer, not legacy", "LlamaTokenizer", {"tokenizer.model": model}, encode(model, same, starts), {"legacy": False})
    model = train(6, RULES, vocab_size=150, model_type="bpe")
    yield line("LlamaTokenizer, normalizing", "LlamaTokenizer", {"tokenizer.model": model}, encode(model, same))
    spaces = ["▁" * count for count in range(2, 9)]
    model = train(
        7, vocab_size=490, add_dummy_prefix=False, pad_id=0, eos_id=1, bos_id=2, unk_id=3, pad_piece="<pad>", eos_piece="<eos>", bos_piece="<bos>",
        user_defined_symbols=spaces + ["<start_of_turn>", "<end_of_turn>", "<b>", "</b>", "\n", "\n\n"], **llama
    )
    yield line("GemmaTokenizer", "GemmaTokenizer", {"tokenizer.model": model}, encode(model, same))
    yield marian()


def marian():
    source = train(8, RULES, vocab_size=150, model_type="unigram")
    target = train(9, RULES, vocab_size=150, model_type="unigram")
    pieces = lambda model: [sentencepiece.SentencePieceProcessor(model_proto=model).id_to_piece(i) for i in range(3, 150)]
    known = [piece for index, piece in enumerate(pieces(source)) if index % 9 != 8]
    both = sorted(set(known) | set(pieces(target)))
    vocabulary = {token: number for number, token in enumerate(["</s>", "<unk>", ">>fra<<", *both, "<pad>"])}
    processor = sentencepiece.SentencePieceProcessor(model_proto=source)
    cases = []
    for text in TEXTS:
        tokens = processor.encode(text, out_type=str)
        cases.append([text, [vocabulary.get(token, 1) for token in tokens], None])
    files = {"source.spm": source, "target.spm": target, "vocab.json": json.dumps(vocabulary).encode()}
    return line("MarianTokenizer", "MarianTokenizer", files, cases)


with open(os.path.join(HERE, "pieces.jsonl"), "w") as output:
    for one in lines():
        output.write(json.dumps(one, ensure_ascii=True, separators=(",", ":")) + "\n")
