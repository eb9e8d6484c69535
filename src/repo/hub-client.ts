/** The parts of the Hub's client that are used. A file of its own in the package: it is large, and rarely needed. */
export { commit, downloadFile, listFiles, modelInfo } from '@huggingface/hub';
