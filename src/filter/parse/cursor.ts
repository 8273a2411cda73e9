import { FilterError } from '../problem/filter-error.ts';
import type { SourceText, Span } from '../parsed.ts';
import type { Expected, Problem } from '../problem/problem.ts';
import { tokenize, type Token } from './tokens.ts';

const MOST_NESTING = 200;
const MOST_CONDITIONS = 1_500;

/** Walks over the tokens of one text, and counts nesting and conditions. */
export class Cursor {
  readonly #source: SourceText;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #conditions = 0;

  constructor(source: SourceText) {
    this.#source = source;
    this.#tokens = tokenize(source.text);
  }

  /**
   * The next token, or the one `ahead` of it, without taking it. If the next one is a mistake in
   * the text, that is thrown here.
   */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('a text has at least its end');
    if (token.kind === 'mistake' && ahead === 0) this.fail(token.problem);
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Whether the next token, or the one `ahead` of it, is this keyword or symbol. */
  sees(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word'
      ? token.keyword === word
      : token.kind === 'symbol' && token.text === word;
  }

  /** Takes the keyword or symbol if it is next. */
  take(word: string): Token | undefined {
    return this.sees(word) ? this.next() : undefined;
  }

  /** Takes the next token if it is one of these words. */
  takeOneOf<Word extends string>(words: readonly Word[]): Word | undefined {
    const word = words.find((candidate) => this.sees(candidate));
    if (word !== undefined) this.next();
    return word;
  }

  /** Takes the keyword or symbol. `FilterError` when something else is next. */
  expect(word: string, expected: Expected): Token {
    return this.take(word) ?? this.failExpected(expected);
  }

  /** Where the token taken last ends. */
  get end(): number {
    return this.#tokens[this.#at - 1]?.span.end ?? 0;
  }

  /** From the start of `from` to the end of the token taken last. */
  spanFrom(from: Span): Span {
    return { start: from.start, end: Math.max(this.end, from.start) };
  }

  /** The text of the next token, '' at the end. */
  get found(): string {
    return this.textOf(this.peek().span);
  }

  textOf(span: Span): string {
    return this.#source.text.slice(span.start, span.end);
  }

  /** Runs a production one level deeper. */
  nest<Result>(production: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > MOST_NESTING)
      this.fail({ kind: 'tooDeep', limit: MOST_NESTING, span: this.peek().span });
    const result = production();
    this.#depth -= 1;
    return result;
  }

  countCondition(): void {
    this.#conditions += 1;
    if (this.#conditions > MOST_CONDITIONS)
      this.fail({ kind: 'tooManyConditions', limit: MOST_CONDITIONS, span: this.peek().span });
  }

  failExpected(expected: Expected): never {
    const before = this.#tokens[this.#at - 1];
    return this.fail({
      kind: 'expected',
      expected,
      after: before === undefined ? '' : this.textOf(before.span),
      found: this.found,
      span: this.peek().span,
    });
  }

  fail(problem: Problem): never {
    throw new FilterError(problem, this.#source);
  }
}
