import { describe, expect, it } from 'vitest';
import { explain, explainDeviceError, explainSignal, shorten } from '../../src/smoke/causes.js';
import { cpuTime } from '../cpu-time.js';

const FOLDERS = { root: '/home/anna/model', others: ['/tmp/validate-card-x'] };

describe('what the runtimes say', () => {
  it.each([
    [
      'Load model from /home/anna/model/onnx/model.onnx failed:Protobuf parsing failed.',
      'The graph cannot be read: the file is cut off or damaged.',
    ],
    [
      'Load model from /home/anna/model/onnx/model.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model_load_utils.h:46 void onnxruntime::model_load_utils::ValidateOpsetForDomain(const std::unordered_map<std::__cxx11::basic_string<char>, int>&, const onnxruntime::logging::Logger&, bool, const std::string&, int) ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 99 is under development and support for this is limited. The operator schemas and or other functionality may change before next ONNX release and in this case ONNX Runtime will not guarantee backward compatibility. Current official support for domain ai.onnx is till opset 26.',
      'The graph declares opset 99 of ai.onnx, but this runtime knows opsets up to 26.',
    ],
    [
      "Non-zero status code returned while running Gather node. Name:'/b/we/Gather' Status Message: indices element out of data bounds, idx=327 must be within the inclusive range [-327,326]",
      'A lookup asks for row 327 of a table whose last row is 326.',
    ],
    [
      'Got invalid dimensions for input: input_ids for the following indices\n index: 1 Got: 7 Expected: 5\n Please fix either the inputs/outputs or the model.',
      'The graph takes 5 values in dimension 1 of input_ids, but got 7',
    ],
    [
      'An error occurred during model execution: "Missing the following inputs: pixel_values, pixel_mask.',
      'The graph has inputs that this pipeline does not fill: pixel_values, pixel_mask.',
    ],
    ['Unsupported model type: mamba', 'transformers.js does not know the model type mamba'],
    ['Something nobody has seen before', 'Something nobody has seen before.'],
  ])('%s', (message, said) => {
    const text = explain(message, FOLDERS);
    expect(text).toContain(said);
    expect(text).not.toMatch(/\/home|\/onnxruntime_src|\n/);
    expect(text.length).toBeLessThan(700);
  });

  it('never shows where files lie on this machine', () => {
    expect(shorten('in /home/anna/model/onnx/a.onnx and /home/anna/model', FOLDERS)).toBe(
      'in onnx/a.onnx and .',
    );
    expect(shorten('in /tmp/validate-card-x/placement.json', FOLDERS)).toBe('in placement.json');
    expect(shorten("Cannot find '/home/anna/app/node_modules/onnxruntime-node/dist/x.js'", FOLDERS)).toBe(
      "Cannot find 'onnxruntime-node/dist/x.js'",
    );
  });

  it('takes no longer for messages that are made to be slow', () => {
    const parts = [
      '/',
      '/onnxruntime/',
      'a',
      '(',
      '(1',
      'a:\\',
      '/a',
      '::<',
      '/onnxruntime/a.cc:1 ',
      '\\node_modules\\',
    ];
    const computed = cpuTime();
    for (const part of parts) {
      expect(explain(part.repeat(16_000 / part.length), FOLDERS).length).toBeLessThan(700);
    }
    expect(computed()).toBeLessThan(3_000);
  });

  it('explains devices that do not work, and signals', () => {
    expect(explainDeviceError('webgpu', 'Failed to get a WebGPU adapter: No supported adapters\n')).toBe(
      'WebGPU finds no GPU with a driver that it can use',
    );
    expect(explainDeviceError('cuda', 'OrtSessionOptionsAppend…: Failed to load shared library')).toContain(
      'cuda',
    );
    expect(explainDeviceError('dml', 'no available backend found. ERR: [dml] backend not found.')).toContain(
      'no dml',
    );
    expect(explainSignal('SIGFPE')).toContain('arithmetic');
    expect(explainSignal('SIGKILL')).toContain('memory');
    expect(explainSignal('SIGTERM')).toBe('the process was ended by SIGTERM');
  });
});
