/** The model is sound, as far as can be told, but no graph can be built for it; the message is the rest of a sentence. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** config.json and the weights contradict one another; the message is the rest of a sentence. */
export class Contradiction extends Error {
  override readonly name = 'Contradiction';
}
