import { isMapping, own } from '../../mapping.js';
import type { SmokeCheck } from '../../smoke/report.js';
import type { OnnxGraph } from '../onnx-graph.js';

/** Architectures with a column of logits for each label. */
const CLASSIFIER = /For(?:Sequence|Token|Image|Audio|Video)Classification(?:WithTeacher)?$/;
/** Those with a further column for "no object"; some detectors have none. */
const DETECTOR = /ForObjectDetection$/;

/** Whether config.json names a label for each column of the logits; nothing where the graph does not show the columns. */
export function checkLabelCount(
  graph: Pick<OnnxGraph, 'lastAxis'>,
  path: string,
  config: unknown,
): readonly SmokeCheck[] {
  const id = 'label-count';
  const columns = Object.hasOwn(graph.lastAxis, 'logits') ? graph.lastAxis.logits : null;
  const id2label = own(config, 'id2label');
  const architectures = own(config, 'architectures');
  const architecture: unknown = Array.isArray(architectures) ? architectures[0] : undefined;
  if (columns === null || columns === undefined || !isMapping(id2label) || typeof architecture !== 'string')
    return [];
  const detects = DETECTOR.test(architecture);
  if (!detects && !CLASSIFIER.test(architecture)) return [];
  const named = Object.keys(id2label).length;
  const extra = detects ? 1 : 0;
  if (named <= columns && columns <= named + extra) {
    const rest = columns > named ? ', and the last column is for no object' : '';
    return [
      {
        id,
        status: 'passed',
        message: `config.json names ${named} labels for ${columns} columns of logits${rest}.`,
      },
    ];
  }
  return [
    {
      id,
      status: 'failed',
      message: `config.json names ${named} labels in id2label, but the logits of ${path} have ${columns} columns. Write one label for each class, in the order of training.`,
    },
  ];
}
