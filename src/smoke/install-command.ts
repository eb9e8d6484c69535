/**
 * Installs the runtimes where this package finds them: all in one folder, whatever `npx` keeps elsewhere. Without the install
 * script of onnxruntime-node, which on Linux downloads CUDA libraries of several hundred megabytes.
 */
export const INSTALL =
  'npm install --ignore-scripts validate-model-card onnxruntime-node @huggingface/transformers';

/**
 * Installs what runs GGUF files: without its install script, which could compile llama.cpp, and of its optional packages the one
 * with the binary for this machine's CPU alone.
 */
const INSTALL_LLAMA = `npm install --ignore-scripts --omit=optional validate-model-card node-llama-cpp @node-llama-cpp/${llamaPlatform()}`;

/** What node-llama-cpp calls this machine in the names of its packages. */
function llamaPlatform(): string {
  const { platform, arch } = process;
  if (platform === 'darwin') return arch === 'arm64' ? 'mac-arm64-metal' : 'mac-x64';
  return `${platform === 'win32' ? 'win' : 'linux'}-${arch === 'arm' ? 'armv7l' : arch}`;
}

/** Whether a runtime, by the name of its package, is the one that runs GGUF files; what is wrong with it may stand behind. */
export function isLlama(runtime: string): boolean {
  return runtime.startsWith('node-llama-cpp');
}

/** The command that installs a runtime, by the name of its package. */
export function installCommand(runtime: string): string {
  return isLlama(runtime) ? INSTALL_LLAMA : INSTALL;
}
