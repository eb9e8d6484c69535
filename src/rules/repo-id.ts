/** The form of a repository id on the Hub: `name` or `owner/name`. The Hub's own expression is not public. */
export const REPO_ID = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)?$/;

/** The address of a repository on the Hub: its kind (`datasets/`, `spaces/`; none for a model), and its id. */
export const HUB_URL =
  /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/(datasets\/|spaces\/)?([A-Za-z0-9_][\w.-]*\/[A-Za-z0-9_][\w.-]*)\/?$/;

/** Whether a text names a place on someone's disk. */
export function looksLocal(text: string): boolean {
  return (
    /^(?:[.~]{0,2}[\\/]|\.{1,2}$|[A-Za-z]:[\\/]|file:)/.test(text) ||
    (!text.includes('://') && /[/\\].*[/\\]/.test(text))
  );
}
