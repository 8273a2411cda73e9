import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerLines, messageLines } from '../../src/cli/output/terminal.ts';
import { prepareToMeasure, widthOf } from '../../src/cli/output/width.ts';
import { wrapped } from '../../src/cli/output/wrap.ts';

await prepareToMeasure(['…']);

describe('a text on a terminal', () => {
  it.each<[string, string, number, readonly string[]]>([
    ['is broken between words', 'the quick brown fox', 10, ['the quick', 'brown fox']],
    [
      'keeps a long word whole',
      'see /a/very/long/path now',
      10,
      ['see', '/a/very/long/path', 'now'],
    ],
    [
      'keeps what stands in backticks whole',
      'run `rollcall init` (`a b`) then',
      12,
      ['run', '`rollcall init`', '(`a b`) then'],
    ],
    [
      'keeps a command whole',
      "it is old: rollcall db:migrate --db 'a; b.db'; then go on",
      20,
      ['it is old:', "rollcall db:migrate --db 'a; b.db';", 'then go on'],
    ],
    [
      'takes a backtick without an end as any other character',
      'a ` b c d e f',
      5,
      ['a ` b', 'c d e', 'f'],
    ],
    ['counts wide characters', '東京都 千代田区', 10, ['東京都', '千代田区']],
    ['keeps the blanks at its beginning', '  a b', 4, ['  a', 'b']],
    ['is a line where there is none', '', 4, ['']],
  ])('%s', (_name, text, width, lines) => expect([...wrapped(text, { width })]).toEqual(lines));

  it('says the same in lines that fit', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => !/\s/u.test(text) && !text.includes('`'));
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1 }),
        fc.integer({ min: 2, max: 40 }),
        (words, width) => {
          const lines = [...wrapped(words.join(' '), { width, breaksWords: true })];
          expect(lines.join('').replaceAll(' ', '')).toBe(words.join('').replaceAll(' ', ''));
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('stands clear of its label', async () => {
    const style = (text: string): string => `<${text}>`;
    expect(
      await messageLines('the file is not there, nobody knows why', 24, { word: 'error:', style }),
    ).toEqual(['<error:> the file is not', '       there, nobody', '       knows why']);
    expect(
      await messageLines('the file is not there', undefined, { word: 'error:', style }),
    ).toEqual(['<error:> the file is not there']);
  });

  it('does not leave its label alone before a command that is longer than a line', async () => {
    const style = (text: string): string => text;
    const text = '`rollcall segments:export hot` writes them anew';
    expect(await messageLines(text, 24, { word: 'hint:', style })).toEqual([
      'hint: `rollcall segments:export hot`',
      '      writes them anew',
    ]);
  });

  it('stands under the last column of an answer', async () => {
    expect(await answerLines('warning  links  five events belong to nobody at all', 34)).toEqual([
      'warning  links  five events belong',
      '                to nobody at all',
    ]);
    expect(await answerLines('  tags  one, two, three', 16)).toEqual([
      '  tags  one,',
      '        two,',
      '        three',
    ]);
    expect(await answerLines('five segments were made true', 16)).toEqual([
      'five segments',
      'were made true',
    ]);
  });
});
