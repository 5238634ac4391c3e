import { posix } from 'node:path';

/** What stands between a heading's text and its anchor on GitHub: lower case, no punctuation, hyphens. */
const anchorOf = (heading) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const withoutCode = (markdown) => markdown.replaceAll(/^ *```[^]*?^ *```$/gm, '');

const anchorsOf = (markdown) =>
  new Set([...withoutCode(markdown).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchorOf(heading)));

/**
 * Links of pages to files and headings that are not there.
 * @param pages Text by path from the root.
 * @param exists Whether there is a file or folder of that path.
 */
export function findBrokenLinks(pages, exists) {
  const anchors = new Map([...pages].map(([path, markdown]) => [path, anchorsOf(markdown)]));
  return [...pages].flatMap(([page, markdown]) =>
    [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
      if (/^[a-z]+:/.test(target)) return [];
      const [file, anchor] = target.split('#');
      const path = file === '' ? page : posix.join(posix.dirname(page), file);
      if (!exists(path)) return [`${page}: there is no ${path}`];
      const known = anchors.get(path);
      const isThere = anchor === undefined || known === undefined || known.has(anchor);
      return isThere ? [] : [`${page}: ${path} has no heading #${anchor}`];
    }),
  );
}
