import { type TaskForm, taskForm } from '../../../src/page/widget/tasks.js';

/** The form of a task that has one. */
export function form(tag: string): TaskForm {
  const found = taskForm(tag);
  if (found === undefined) throw new Error(`no form for ${tag}`);
  return found;
}
