import { ALL_OPERATORS } from '../filter/index.ts';

/** Conditions that are no test of a field, each with what it says. */
const CONDITIONS: readonly (readonly [string, string])[] = [
  ['company.industry = "retail"', "a field of the contact's company, with any test of its type"],
  ['tagged "vip"', 'carries the tag'],
  ['in segment churned', 'is a member of the other segment, as of this run'],
  ['joined segment hot in last 7 days', 'is a member now, and since then'],
  ['did page.hit where subject like "/pricing%" in last 30 days', 'has at least one such event'],
  [
    'count(email.read in last 90 days) >= 2',
    'how many such events; also sum, avg, min, max of event.value, first and last',
  ],
  ['anniversary(birthday) in next 7 days', 'a yearly return of the date'],
  [
    'suppressed(email, bounced)',
    'must not be reached in the channel, for the reason; both may be left out',
  ],
];

/**
 * `rollcall help filters`: the language on two pages, the tests out of the operators' own records.
 */
export function filtersTopic(width: number): string {
  const tests = ALL_OPERATORS.map(({ example, doc }) => [example, doc] as const);
  return `A filter says which contacts are meant:

  country in ("FR", "BE") and points >= 100 and not in segment churned

Conditions are joined by \`and\`, \`or\`, \`not\` and parentheses; \`and\` binds closer
than \`or\`. Texts stand in quotes, odd names in backticks; dates are 2026-03-15,
today, yesterday, now, start of month, today - 30 days. Word tests take \`not\`
before them: \`not contains\`, \`not in last\`; empty has \`is not empty\`.

Tests of fields:
${entries(tests, width)}
Other conditions:
${entries(CONDITIONS, width)}
\`rollcall segments:preview 'FILTER'\` tries one out; docs/filter-language.md says
all of it.
`;
}

function entries(pairs: readonly (readonly [string, string])[], width: number): string {
  return pairs.map(([example, doc]) => `  ${example}\n${wrapped(doc, width - 6)}`).join('');
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `      ${line}\n`).join('');
}
