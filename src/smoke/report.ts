/** A device as asked for. */
export type DeviceRequest = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';
/** An execution provider that really ran. */
export type Device = Exclude<DeviceRequest, 'auto'>;

/** How far a smoke inference came. */
export type SmokeStage = 'plan' | 'setup' | 'load' | 'run' | 'check';

/** One thing that was checked. */
export interface SmokeCheck {
  /** Name of the check, such as `finite` or `labels-named`. */
  readonly id: string;
  readonly status: 'passed' | 'failed' | 'warning' | 'skipped';
  /** What was seen, and for a failure what the author should do. */
  readonly message: string;
}

/** One input with its answer. */
export interface SmokeCase {
  readonly source: 'widget' | 'default' | 'user';
  /** Title of the widget example, where it has one. */
  readonly title?: string;
  readonly input: unknown;
  /** In the shape of the Inference API. Absent when the run failed. */
  readonly output?: unknown;
  readonly latencyMs: number | null;
  readonly checks: readonly SmokeCheck[];
  /** Answer, pictures and sounds as files; only where they were saved. */
  readonly files?: readonly SavedFile[];
}

/** A file that the answer of a case was saved to. */
export interface SavedFile {
  readonly name: string;
  /** Such as `image/png`, `audio/wav` or `application/json`. */
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
  /** As the folder was named. */
  readonly path: string;
}

/** Result of a smoke inference. Times in milliseconds, sizes in bytes. */
export interface SmokeReport {
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Where it stopped, when it did not pass. */
  readonly stage?: SmokeStage;
  /** Why it failed or was skipped, and what to do. */
  readonly reason?: string;
  readonly runner: 'transformers' | 'onnx' | 'llama' | 'safetensors' | null;
  /** The execution provider that really ran; null when nothing was loaded. */
  readonly device: Device | null;
  /** Why `auto` took this device, and which operators ran elsewhere. */
  readonly deviceDetail?: string;
  /** The device in the words of the Inference API. */
  readonly computeType: 'cpu' | 'cpu+optimized' | 'gpu' | null;
  /** Number type of the weights, such as `fp32` or `q8`. */
  readonly dtype: string | null;
  /** What is loaded, sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly loadMs: number | null;
  /** Median time of the first case after its first run, which is slower. */
  readonly latencyMs: number | null;
  readonly peakRssBytes: number | null;
  /** Checks of the model as a whole, such as the same answer twice. */
  readonly checks: readonly SmokeCheck[];
  readonly cases: readonly SmokeCase[];
  /** The other variants and devices, each compared with the run that this report is about. */
  readonly comparisons: readonly SmokeComparison[];
}

/** Another variant of the graphs, another device, or optimized execution: the same cases, compared with the first run. */
export interface SmokeComparison {
  readonly dtype: string;
  readonly device: Device | null;
  /** Which operators ran elsewhere. */
  readonly deviceDetail?: string;
  readonly computeType: SmokeReport['computeType'];
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Where it stopped, when it did not pass. */
  readonly stage?: SmokeStage;
  /** Why it failed or was skipped, and what to do. */
  readonly reason?: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
  readonly loadMs: number | null;
  readonly latencyMs: number | null;
  readonly peakRssBytes: number | null;
  /** How far the answers lie apart at most, in the unit of the task (the message of the check names it). */
  readonly drift: number | null;
  readonly checks: readonly SmokeCheck[];
}
