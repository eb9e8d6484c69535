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

/** Said of what comes while the server ends. */
export function serverStops(): ServeError {
  return new ServeError(503, 'The server stops.');
}

/** Said of a model that is not served, where its id is not repeated. */
export function noSuchModel(): ServeError {
  return new ServeError(404, 'There is no such model here.');
}

/** Said of an address that answers nothing. */
export function noSuchAddress(): ServeError {
  return new ServeError(404, 'There is no such address here; models are at /models/{id}.');
}

/** An error as the client is told of it: what was not meant for it stays here. */
export function forClient(error: unknown): ServeError {
  return error instanceof ServeError
    ? error
    : new ServeError(500, 'The server failed; it tells its owner why.');
}
