import { taskAliases } from '../hub/tasks.js';
import { audioClassification } from './audio-classification.js';
import { audioToAudio } from './audio-to-audio.js';
import { automaticSpeechRecognition } from './automatic-speech-recognition.js';
import { conversational } from './conversational.js';
import { depthEstimation } from './depth-estimation.js';
import { documentQuestionAnswering } from './document-question-answering.js';
import { featureExtraction } from './feature-extraction.js';
import { fillMask } from './fill-mask.js';
import { imageClassification } from './image-classification.js';
import { imageFeatureExtraction } from './image-feature-extraction.js';
import { imageSegmentation } from './image-segmentation.js';
import { imageTextToText } from './image-text-to-text.js';
import { imageToImage } from './image-to-image.js';
import { imageToText } from './image-to-text.js';
import { objectDetection } from './object-detection.js';
import { questionAnswering } from './question-answering.js';
import { reinforcementLearning } from './reinforcement-learning.js';
import { sentenceSimilarity } from './sentence-similarity.js';
import { summarization } from './summarization.js';
import { tableQuestionAnswering } from './table-question-answering.js';
import { tabularClassification } from './tabular-classification.js';
import { tabularRegression } from './tabular-regression.js';
import type { Task } from './task.js';
import { textClassification } from './text-classification.js';
import { textGeneration } from './text-generation.js';
import { textRanking } from './text-ranking.js';
import { textToImage } from './text-to-image.js';
import { textToAudio, textToSpeech } from './text-to-speech.js';
import { text2textGeneration } from './text2text-generation.js';
import { timeSeriesForecasting } from './time-series-forecasting.js';
import { tokenClassification } from './token-classification.js';
import { translation } from './translation.js';
import { unconditionalImageGeneration } from './unconditional-image-generation.js';
import { videoClassification } from './video-classification.js';
import { visualQuestionAnswering } from './visual-question-answering.js';
import { zeroShotAudioClassification } from './zero-shot-audio-classification.js';
import { zeroShotClassification } from './zero-shot-classification.js';
import { zeroShotImageClassification } from './zero-shot-image-classification.js';
import { zeroShotObjectDetection } from './zero-shot-object-detection.js';

/** The tasks that can be run, by pipeline tag. */
export const TASKS: ReadonlyMap<string, Task> = new Map(
  [
    tableQuestionAnswering,
    textRanking,
    audioClassification,
    audioToAudio,
    automaticSpeechRecognition,
    reinforcementLearning,
    tabularRegression,
    textToImage,
    timeSeriesForecasting,
    unconditionalImageGeneration,
    zeroShotAudioClassification,
    textToAudio,
    textToSpeech,
    sentenceSimilarity,
    featureExtraction,
    zeroShotClassification,
    fillMask,
    questionAnswering,
    tokenClassification,
    imageClassification,
    zeroShotObjectDetection,
    zeroShotImageClassification,
    visualQuestionAnswering,
    videoClassification,
    imageToImage,
    imageSegmentation,
    imageFeatureExtraction,
    documentQuestionAnswering,
    depthEstimation,
    objectDetection,
    tabularClassification,
    textClassification,
    textGeneration,
    imageTextToText,
    imageToText,
    translation,
    text2textGeneration,
    summarization,
    conversational,
  ].map((task: Task): [string, Task] => [task.tag, task]),
);

/** The definition of a pipeline tag or of another name of it (`sentiment-analysis`); undefined when there is none yet. */
export function findTask(name: string): Task | undefined {
  return TASKS.get(name) ?? TASKS.get(taskAliases().get(name) ?? '');
}
