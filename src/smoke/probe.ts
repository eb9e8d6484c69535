import type { Device } from './report.js';
import { loadOnnxRuntime, readPlacement, sessionOptions } from './runners/runtime.js';

/** The graph y = x + x over four floats (opset 13), as ONNX bytes in base64. */
const ADD = 'CAgSADo3Cg4KAXgKAXgSAXkiA0FkZBIDYWRkWg8KAXgSCgoICAESBAoCCARiDwoBeRIKCggIARIECgIIBEIECgAQDQ==';

/**
 * Adds on a device and returns how many operators ran on which execution provider. Throws when the device does not work:
 * its provider is not there, it does not start, or it gives a wrong sum.
 */
export async function addOnDevice(device: Device): Promise<Readonly<Record<string, number>> | null> {
  const ort = loadOnnxRuntime();
  const session = await ort.InferenceSession.create(
    Buffer.from(ADD, 'base64'),
    sessionOptions({ device, optimized: false }),
  );
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4), [4]) });
  const sum = Array.from((y?.data ?? []) as Float32Array).join();
  if (sum !== '2,4,6,8') throw new Error(`1, 2, 3, 4 doubled came out as ${sum}.`);
  session.endProfiling();
  return readPlacement();
}
