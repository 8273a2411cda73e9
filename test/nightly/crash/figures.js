/**
 * A table of how often commands were stopped in which way, and how they ended.
 * @param {readonly import('./life.js').Told[]} all
 * @returns {string}
 */
export function figuresOf(all) {
  const kinds = [...new Set(all.map(({ kind }) => kind))].sort();
  const lines = kinds.map((kind) =>
    row(
      kind,
      all.filter((told) => told.kind === kind),
    ),
  );
  const head =
    '| stopped by | rounds | left the old store | left the new one | between segments | ' +
    'ended with | watched | wrong |\n' +
    '|---|---|---|---|---|---|---|---|';
  return [head, ...lines, row('all', all)].join('\n');
}

/**
 * @param {string} kind
 * @param {readonly import('./life.js').Told[]} rounds
 * @returns {string}
 */
function row(kind, rounds) {
  /** @param {import('./verdict.js').Left} left */
  const leaving = (left) => rounds.filter((told) => told.left === left).length;
  const ends = [...new Set(rounds.map(({ end }) => end))]
    .sort()
    .map((end) => `${end} ${rounds.filter((told) => told.end === end).length}×`);
  const cells = [
    kind,
    rounds.length,
    leaving('before'),
    leaving('after'),
    leaving('between'),
    ends.join(', '),
    rounds.filter(({ watched }) => watched).length,
    rounds.filter(({ problems }) => problems.length > 0).length,
  ];
  return `| ${cells.join(' | ')} |`;
}
