/**
 * The tokenizer.json of CLIP’s tokenizer, from the two files in which diffusers saves it: byte-level pairs of lower-case words
 * (transformers, `CLIPConverter` in convert_slow_tokenizer.py). `vocabulary` is the parsed vocab.json, `merges` the text of
 * merges.txt.
 */
export function clipTokenizerJson(
  vocabulary: Readonly<Record<string, number>>,
  merges: string,
): Readonly<Record<string, unknown>> {
  const special = ['<|startoftext|>', '<|endoftext|>'].map((content) => ({
    id: vocabulary[content] ?? 0,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const [start, end] = special;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [end?.content, end?.id],
      cls: [start?.content, start?.id],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: '<|endoftext|>',
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      vocab: vocabulary,
      // The first line names the version.
      merges: merges
        .split('\n')
        .filter((line) => line.trim() !== '' && !line.startsWith('#version'))
        .map((line) => line.trim()),
    },
  };
}
