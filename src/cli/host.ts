/** Takes text; what a stream of the process offers. */
export interface Writer {
  readonly write: (text: string) => unknown;
}

/** The world around the command, handed in so that tests can run it in process. */
export interface Host {
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths are relative to. */
  readonly cwd: string;
  readonly platform: string;
  /** Whether each stream is a terminal. */
  readonly isTTY: { readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the terminal; undefined when there is none. */
  readonly columns: number | undefined;
  /** All of standard input, for a hook of git. */
  readonly stdin?: () => Promise<string>;
  /** The program and arguments that start this command. */
  readonly command?: readonly string[];
  /** Aborted when the user interrupts. */
  readonly signal?: AbortSignal;
  /** Told how long the run may take to end when it is interrupted, in milliseconds; it has three seconds where it does not say. */
  readonly endsWithin?: (ms: number) => void;
  /** Aborted when nobody reads stdout any more. */
  readonly unread?: AbortSignal;
  /** Called once a check came to its verdict, not by other commands: all that checks usually need was compiled. */
  readonly checked?: () => void;
}
