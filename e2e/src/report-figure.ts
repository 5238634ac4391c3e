/** Shows a figure in the output of the run. Figures inform; no test depends on them. */
export function reportFigure(text: string): void {
  process.stdout.write(`  figure: ${text}\n`);
}
