/**
 * What Mautic's codes mean there, and who is told of a name that nobody has. Same form as in
 * list.js.
 */
const ROWS = 'filter/newcomers.test.ts';
const BUILDER = 'filter/mautic.test.ts';
const NAMES = 'contact/names-elsewhere.test.ts';
const ODD = 'contact/odd-names.test.ts';

const mautic = 'src/filter/mautic/mautic.ts';
const dates = 'src/filter/mautic/dates.ts';
const elsewhere = 'src/filter/names-elsewhere.ts';
const oddNames = 'src/contact/odd-names.ts';

/** @type {readonly import('./list.js').Mutant[]} */
export const TRANSLATION_SLIPS = [
  {
    name: 'mautic-not-regexp',
    rule: 'leaves out who has no value',
    file: mautic,
    find: ' and ${name} is not empty`;\n  const',
    replace: '`;\n  const',
    tests: [ROWS],
  },
  {
    name: 'mautic-zero',
    rule: 'zero is empty',
    file: mautic,
    find: "if (type !== 'number' || ofMautic === undefined)",
    replace: 'if (true)',
    tests: [ROWS],
  },
  {
    name: 'mautic-wildcards',
    rule: 'nothing is escaped',
    file: mautic,
    find: 'if (/[%_]/.test(value))',
    replace: "if (of === 'like' && value.includes('%'))",
    tests: [ROWS],
  },
  {
    name: 'mautic-or',
    rule: 'excluded segments are a row each behind or',
    file: mautic,
    find: "if (glue === 'or')",
    replace: 'if (false)',
    tests: [BUILDER],
  },
  {
    name: 'mautic-midnight',
    rule: 'an offset is the midnight that begins its day',
    file: dates,
    find: "[['>', '>='], ['<=', '<']]",
    replace: '[]',
    tests: [ROWS],
  },
  {
    name: 'mautic-day',
    rule: 'a day is its midnight',
    file: dates,
    find: '${value}T00:00`',
    replace: '${value}`',
    tests: [ROWS],
  },
  {
    name: 'mautic-days',
    rule: 'but a field of days holds days',
    file: dates,
    find: '!holdsDays && !isWord',
    replace: '!isWord',
    tests: [ROWS],
  },
  {
    name: 'mautic-word',
    rule: 'and a word means its whole day or period',
    file: dates,
    find: '!holdsDays && !isWord',
    replace: '!holdsDays',
    tests: [BUILDER],
  },
  {
    name: 'mautic-own-words',
    rule: "the language's words keep their meaning",
    file: dates,
    find: 'if (ofMautic !== undefined && !holdsDays',
    replace: 'if (!holdsDays',
    tests: [BUILDER],
  },
  {
    name: 'elsewhere-field',
    rule: 'names of fields of other systems are known',
    file: elsewhere,
    find: 'return FIELDS.get(name.toLowerCase());',
    replace: 'return undefined;',
    tests: [NAMES],
  },
  {
    name: 'odd-type',
    rule: 'an event type of nobody is told',
    file: oddNames,
    find: 'if (await tx.events.hasType(type)) return [];',
    replace: 'return [];',
    tests: [ODD],
  },
  {
    name: 'odd-standard',
    rule: 'a standard one waits in silence',
    file: oddNames,
    find: "ofStandardTypes === 'tell' ?",
    replace: 'true ?',
    tests: [ODD],
  },
];
