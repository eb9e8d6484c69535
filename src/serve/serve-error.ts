/** A request that gets no answer, as the client is told. The message names no path of this machine and no stack. */
export class ServeError extends Error {
  override readonly name = 'ServeError';
  /** More keys of the answer, beside `error`. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    /** Of HTTP. */
    readonly status: number,
    message: string,
    options: {
      readonly more?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.more = options.more ?? {};
    this.headers = options.headers ?? {};
  }
}
