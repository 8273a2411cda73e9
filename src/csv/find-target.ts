import { CONSENT_COLUMNS } from '../store/index.ts';
import { type ConsentTarget, parseConsentTarget } from './consent/target.ts';
import { fieldName, nameOfCompanyField } from './field-name.ts';
import { loosely } from './loosely.ts';
import type { Synonyms } from './synonyms.ts';

/** A field that a column can be read into. */
export interface Target {
  readonly alias: string;
  readonly label: string;
  /** Only the store writes it: such a column is ignored. */
  readonly kept?: boolean;
  /** Whether it is a field of this store alone, which goes before what a system means. */
  readonly custom?: boolean;
}

/**
 * The targets of one kind of file. With `prefix`, every name that begins with it is a target too.
 * With `consent`, columns may say who must not be reached.
 */
export interface Targets {
  readonly list: readonly Target[];
  readonly prefix?: string;
  readonly consent?: boolean;
  readonly synonyms?: Synonyms;
  /** Fields of companies, which are called `company.FIELD` here. */
  readonly company?: readonly Target[];
}

/** A target that was found; `consent` where it is no field. */
export interface Found extends Target {
  readonly consent?: ConsentTarget | undefined;
}

/** The target that a column is called like, by alias or label, however it is spelled. */
export function findByName(
  { list, prefix, consent, company = [] }: Targets,
  column: string,
): Found | undefined {
  if (prefix !== undefined && column.startsWith(prefix) && column.length > prefix.length)
    return { alias: column, label: column };
  const wanted = loosely(column);
  if (wanted === '') return undefined;
  return (
    findOfCompany(company, column) ??
    findInList(list, wanted, column) ??
    (consent === true ? findConsentColumn(wanted) : undefined)
  );
}

function findInList(list: readonly Target[], wanted: string, column: string): Target | undefined {
  const exact = list.find((target) => target.alias === column.toLowerCase());
  const byAlias = list.filter((target) => loosely(target.alias) === wanted);
  const byLabel = list.filter((target) => loosely(target.label) === wanted);
  return exact ?? only(byAlias) ?? only(byLabel);
}

/**
 * The field for which the column's name is another word. A name that fields of the store have means
 * none of the others.
 */
export function findBySynonym(
  { list, synonyms = {} }: Targets,
  column: string,
): Target | undefined {
  const wanted = loosely(column);
  const isOwn = ({ alias, label }: Target): boolean =>
    loosely(alias) === wanted || loosely(label) === wanted;
  if (wanted === '' || list.some(isOwn)) return undefined;
  const [alias] =
    Object.entries(synonyms).find(([, words]) => words.some((word) => loosely(word) === wanted)) ??
    [];
  return list.find((target) => target.alias === alias && target.kept !== true);
}

/** The target that `--map` names: a field, or what a column says about consent. */
export function findMapped(targets: Targets, name: string): Found | undefined {
  if (/^company\.\s*$/i.test(name.trim())) return undefined; // no field of it is named
  return findByName(targets, name) ?? (targets.consent === true ? asConsent(name) : undefined);
}

/** What a text such as `unsubscribed:sms` names. */
function asConsent(text: string): Found | undefined {
  const consent = parseConsentTarget(text);
  return consent === undefined ? undefined : { alias: text, label: text, consent };
}

/** `company.name` says which company it is, as `company` does. */
function findOfCompany(list: readonly Target[], column: string): Found | undefined {
  const name = nameOfCompanyField(column);
  const found = name === undefined ? undefined : findByName({ list }, name);
  if (found === undefined) return undefined;
  const alias =
    found.alias === 'name' ? 'company' : fieldName({ object: 'company', alias: found.alias });
  return { ...found, alias };
}

/** Only the columns of an export are read without being mapped. */
function findConsentColumn(wanted: string): Found | undefined {
  const word = Object.keys(CONSENT_COLUMNS).find((known) => loosely(known) === wanted);
  return word === undefined ? undefined : asConsent(word);
}

/** The only target; if several fit the name, none is meant. */
function only(targets: readonly Target[]): Target | undefined {
  return targets.length === 1 ? targets[0] : undefined;
}
