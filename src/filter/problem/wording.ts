/** Puts problems into words: one line says what is wrong, and a hint says what to do next. */
import { grouped } from '../../support/text.ts';
import { conditionHint } from '../names-elsewhere.ts';
import type { Problem } from './problem.ts';
import { quoteText } from '../quote.ts';
import {
  code,
  elsewhereHint,
  expectedHint,
  expectedMessage,
  found,
  nearestHint,
  operatorsHint,
  quotesHint,
  safe,
  some,
  typeWords,
  valueHint,
} from './wording-parts.ts';

export interface Wording {
  readonly message: string;
  readonly hint: string;
}

interface Said {
  readonly message: string;
  readonly hint: string | undefined;
}

type Words = {
  readonly [Kind in Problem['kind']]: (problem: Extract<Problem, { readonly kind: Kind }>) => Said;
};

/** The words for a problem. Text of the user's is always escaped. */
export function describeProblem(problem: Problem): Wording {
  const { message, hint } = (WORDS[problem.kind] as (problem: Problem) => Said)(problem);
  return { message, hint: hint ?? '`rollcall help filters` shows the language' };
}

const NOT_FORMS: Readonly<Record<string, string>> = { '=': '!= …', is: 'is not empty' };

/** One entry for each kind: a new kind does not compile until it has its words. */
const WORDS: Words = {
  unterminated: (problem) =>
    say(
      `this ${problem.quote === '`' ? 'name' : 'text'} has no closing ${problem.quote}`,
      `close it with ${problem.quote}; inside, write \\${problem.quote}`,
    ),
  badEscape: (problem) =>
    say(
      `${code(problem.escape)} is no character`,
      'write \\u{…} with the hexadecimal code point, such as \\u{e9}; ' +
        'zero and surrogates are not allowed',
    ),
  emptyName: () => say('a name cannot be empty', 'put the name between the backticks'),
  badNumber: (problem) =>
    say(
      `${code(problem.text)} is neither a number nor a date`,
      'numbers look like -5, 1.5 or 1e21; dates like 2026-03-15 or 2026-03-15T10:00Z; ' +
        'other names stand in backticks',
    ),
  lostDigits: ({ text }) =>
    say(
      `${code(text)} has more digits than a number keeps`,
      `a text field keeps them all, and is compared with text: "${text}"`,
    ),
  numberTooLarge: (problem) =>
    say(`${code(problem.text)} is too large for a number`, 'the largest number is about 1.8e308'),
  strayCharacter: (problem) =>
    say(
      `${code(problem.text)} means nothing here`,
      elsewhereHint(problem.text) ?? quotesHint(problem.text),
    ),
  expected: (problem) =>
    say(
      expectedMessage(problem.expected, problem.after, problem.found),
      expectedHint(problem.expected, problem.found),
    ),
  expectedTest: (problem) =>
    say(
      `expected a test after ${code(problem.operand)}${found(problem.found)}`,
      elsewhereHint(problem.found) ??
        (problem.type === undefined ? undefined : operatorsHint(problem.type, problem.allowed)),
    ),
  expectedValue: ({ type, operator, found: text }) => {
    const wanted = type === undefined ? 'a value' : typeWords(type).wants;
    return say(`expected ${wanted} after ${code(operator)}${found(text)}`, undefined);
  },
  reservedWord: (problem) =>
    say(
      `${code(problem.word)} is a word of the language`,
      `if it is a name, write it in backticks: \`${problem.word}\``,
    ),
  noNotForm: (problem) =>
    say(
      `${code(problem.operator)} has no form with \`not\``,
      NOT_FORMS[problem.operator] !== undefined
        ? `write ${code(`${problem.operand} ${NOT_FORMS[problem.operator] ?? ''}`)}`
        : 'put `not` before the whole test: ' +
            code(`not ${problem.operand} ${problem.operator} …`),
    ),
  unclosed: () => say('this parenthesis is never closed', 'add `)`'),
  tooDeep: (problem) =>
    say(`more than ${problem.limit} levels of parentheses and \`not\``, undefined),
  tooManyConditions: (problem) =>
    say(
      `more than ${grouped(problem.limit)} conditions in one filter`,
      'put a part of it into a segment of its own and say `in segment …`',
    ),
  tooManyValues: (problem) =>
    say(
      `more than ${grouped(problem.limit)} values in one list`,
      'tag those contacts, or import them into a segment, and ask for that',
    ),
  unknownField: (problem) =>
    say(
      `unknown field ${code(problem.name)}`,
      conditionHint(problem.name) ??
        nearestHint(problem.nearest, `\`rollcall fields:list\` shows all ${problem.known}`),
    ),
  unknownEventField: (problem) =>
    say(
      `an event has no field ${code(problem.name)}`,
      problem.ofContact
        ? 'it is a field of the contact: test it outside of `where`'
        : nearestHint(
            problem.nearest,
            'after `where` stand subject, value, occurred_at and property.NAME',
          ),
    ),
  eventFieldOutside: (problem) =>
    say(
      `${code(problem.name)} is a field of events, not of the contact`,
      `say \`did page.hit where ${problem.name} …\``,
    ),
  notOfAnEvent: (problem) =>
    say(
      `${problem.what} asks about a contact, not about one event`,
      'after `where` stand only subject, value, occurred_at and property.NAME; ' +
        'say the rest outside of it',
    ),
  unknownSegment: (problem) =>
    say(
      `unknown segment ${code(problem.alias)}`,
      nearestHint(problem.nearest, `\`rollcall segments:list\` shows all ${problem.known}`),
    ),
  unpublishedSegment: (problem) =>
    say(
      `the segment ${code(problem.alias)} is not published`,
      `\`rollcall segments:edit ${problem.alias} --published\` publishes it`,
    ),
  cycle: (problem) =>
    say(
      `the segment would refer to itself: ${problem.path.join(' → ')}`,
      'leave it out, or change the filter of one of the others first',
    ),
  notADateField: (problem) =>
    say(
      `${code(problem.name)} is ${typeWords(problem.type).is}, and only a date has anniversaries`,
      undefined,
    ),
  operatorNotOfType: (problem) =>
    say(
      `${code(problem.operand)} is ${typeWords(problem.type).is} ` +
        `and has no ${code(problem.operator)}`,
      operatorsHint(problem.type, problem.allowed),
    ),
  wrongValue: (problem) =>
    say(
      `${code(problem.operand)} is ${typeWords(problem.type).is}: ` +
        `it wants ${typeWords(problem.type).wants}`,
      valueHint(problem.type, problem.value),
    ),
  mixedValues: () =>
    say(
      'the values of one list are all numbers, all dates or all texts',
      'write two conditions and join them with `or`',
    ),
  unknownOption: (problem) =>
    say(
      `${code(problem.operand)} has no option ${quoteText(problem.option)}`,
      nearestHint(
        problem.nearest === undefined ? undefined : quoteText(problem.nearest),
        `the options are ${some(problem.options.map(quoteText))}`,
      ),
    ),
  pipeInOption: (problem) =>
    say(`${quoteText(problem.option)} cannot be an option: it holds a \`|\``, undefined),
  badDate: (problem) =>
    say(
      `${code(problem.text)} is not a date of the calendar`,
      'dates look like 2026-03-15; points in time like 2026-03-15T10:00, ' +
        '2026-03-15T10:00:30Z or 2026-03-15T10:00+02:00',
    ),
  periodForDate: (problem) =>
    say(
      `${code(problem.text)} is a whole period, not a date`,
      `say \`during ${problem.text}\`, or name a day`,
    ),
  instantOnDays: (problem) =>
    say(
      `${code(problem.operand)} holds days, and ${problem.what} is a point in time`,
      'say `today` and count in days, weeks, months or years',
    ),
  badPeriod: (problem) =>
    say(
      `${code(problem.text)} is not a period`,
      'periods look like 2026, 2026-03, 2026-03-15, `today`, `this week`, `last month`, ' +
        '`next quarter`',
    ),
  badPattern: (problem) =>
    say(
      `this regular expression is not understood: ${safe(problem.reason)}`,
      'the syntax is RE2: no backreferences, ' +
        'no lookaround (https://github.com/google/re2/wiki/Syntax)',
    ),
  patternTooLong: (problem) =>
    say(`this pattern is longer than ${grouped(problem.limit)} characters`, undefined),
  lostField: (problem) =>
    say(
      `the filter reads ${lost('field', problem)}`,
      'set a new filter, or create the field again and name it anew',
    ),
  lostSegment: (problem) =>
    say(`the filter refers to ${lost('segment', problem)}`, 'set a new filter without it'),
  badStoredFilter: (problem) =>
    say(
      `the stored filter cannot be read: ${safe(problem.reason)}`,
      'set the filter again, or restore an earlier version',
    ),
};

/** What is gone, by its name where that is known. */
function lost(noun: string, { id, name }: { readonly id: number; readonly name?: string }): string {
  return name === undefined
    ? `a ${noun} that no longer exists (its id was ${id})`
    : `the ${noun} ${code(name)}, which no longer exists`;
}

function say(message: string, hint: string | undefined): Said {
  return { message, hint };
}
