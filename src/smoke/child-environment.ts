/**
 * Names a folder below which the packages that run models are installed (in its `node_modules`), when that is not where this
 * package is. Only the environment can say so, never a repository: what is loaded from there is executed.
 */
export const RUNTIME_FOLDER = 'VALIDATE_CARD_RUNTIMES';

/**
 * Environment variables the child gets. Tokens and whatever else the parent knows stay outside; the rest is what native
 * libraries need to find themselves, the GPU and its drivers.
 */
const ENVIRONMENT = new RegExp(
  `^(?:${[
    'PATH',
    'PATHEXT',
    'LANG',
    'LC_[A-Z]+',
    'TZ',
    'SystemRoot',
    'SystemDrive',
    'windir',
    'ComSpec',
    'NUMBER_OF_PROCESSORS',
    'PROCESSOR_ARCHITECTURE',
    'LOCALAPPDATA',
    'ProgramData',
    'ProgramFiles',
    'LD_LIBRARY_PATH',
    'DYLD_[A-Z_]+',
    'XDG_RUNTIME_DIR',
    'XDG_DATA_DIRS',
    'DISPLAY',
    'WAYLAND_DISPLAY',
    'VK_[A-Z_]+',
    'CUDA_[A-Z_0-9]+',
    'NVIDIA_[A-Z_]+',
    'HIP_[A-Z_]+',
    'ROCR_[A-Z_]+',
    'MESA_[A-Z_]+',
    'LIBGL_[A-Z_]+',
    'LIBVA_[A-Z_]+',
    '__EGL_[A-Z_]+',
    '__NV_[A-Z_]+',
    '__GLX_[A-Z_]+',
    RUNTIME_FOLDER,
  ].join('|')})$`,
  process.platform === 'win32' ? 'i' : '',
);

/** The environment of a child whose files all lie in `folder`. */
export function childEnvironment(env: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && ENVIRONMENT.test(name)) kept[name] = value;
  }
  // Caches and temporary files of runtimes and drivers go with the folder.
  for (const name of ['HOME', 'USERPROFILE', 'TMPDIR', 'TEMP', 'TMP']) kept[name] = folder;
  // onnxruntime reports its use to its maker, from native code that `blockNetwork` does not reach.
  kept.ORT_DISABLE_TELEMETRY = '1';
  return kept;
}
