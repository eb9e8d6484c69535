export * from '../onnx/onnx-graph.js';
