/**
 * Replaces what stands between `<!-- generated: NAME -->` and `<!-- end -->` in a page, for every name.
 * @throws Error when the page lacks a block, or has one that nobody generates.
 */
export function fillBlocks(page, blocks) {
  const unused = new Set(Object.keys(blocks));
  const filled = page.replace(
    /(<!-- generated: ([\w-]+) -->\n)[^]*?(<!-- end -->)/g,
    (_whole, start, name, end) => {
      if (!unused.delete(name)) throw new Error(`the block "${name}" is not generated, or twice in the page`);
      return `${start}\n${blocks[name]}\n\n${end}`;
    },
  );
  if (unused.size > 0) throw new Error(`the page has no block ${[...unused].join(', ')}`);
  return filled;
}

/** A Markdown table. Cells are Markdown; bars in them are escaped. */
export function buildTable(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as Markdown shows it literally. */
export function escapeMarkdown(text) {
  return text.replace(/[\\`*_{}[\]<>#]/g, String.raw`\$&`);
}
