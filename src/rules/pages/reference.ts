/** The command that explains a rule; every installation has it, while the pages lie in the repository of this tool. */
export function explainCommand(id: string): string {
  return `validate-card explain ${id}`;
}
