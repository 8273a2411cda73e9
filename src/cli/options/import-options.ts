import { bound } from './bound.ts';
import { argument, flag, value, values } from './options.ts';
import { updateAfterOption } from './update-after.ts';
import { assignment, choice, positiveNumber, text } from './values.ts';

/** What the commands that import files have in common. */
export const importArguments = {
  file: argument(
    'file',
    'a CSV, NDJSON or JSON file, or one packed by gzip; - is standard input',
    text,
  ),
} as const;

export const importOptions = {
  map: values(
    '--map <list>',
    'which field a column is read into, against its name: "E-mail=email,Prénom=first_name"; ' +
      '"Column=-" leaves it out, @FILE reads a saved map',
    text,
  ),
  set: values('--set <field=value>', 'a value that every row gets', assignment),
  saveMap: value(
    '--save-map <file>',
    'write how the columns were read to this file, for --map @FILE',
    text,
  ),
  ignore: values('--ignore <column>', 'a column to leave out', text),
  maxRejects: value(
    '--max-rejects <n>',
    'import nothing when more rows than this, 20 or 2%, are rejected',
    text,
  ),
  rejects: value(
    '--rejects <file>',
    'where rejected rows go, - is standard output; default FILE.rejects.csv',
    text,
  ),
  inputFormat: value(
    '--input-format <format>',
    'csv, ndjson or json; default what the file begins with or is called',
    choice(['csv', 'ndjson', 'json']),
  ),
  delimiter: value(
    '--delimiter <character>',
    'what stands between cells, or tab; default found',
    text,
  ),
  encoding: value(
    '--encoding <name>',
    'of a file that is not UTF-8: windows-1252, utf-16le, …',
    text,
  ),
  headerLine: value(
    '--header-line <n>',
    'the line on which the names of the columns stand; default the first that is not empty',
    positiveNumber,
  ),
  quotes: value(
    '--quotes <how>',
    'lenient or strict: whether to refuse quotes that RFC 4180 does not allow; default lenient',
    choice(['lenient', 'strict']),
  ),
  escape: value(
    '--escape <character>',
    "what a quote or delimiter in a cell has before it, in files of MySQL and Mautic: '\\'",
    text,
  ),
  keepBlanks: flag('--keep-blanks', 'leave the blanks around cells where they are'),
  dateFormat: values(
    '--date-format <format>',
    'YMD, DMY, MDY, excel, unix, unix-ms or a pattern such as DD/MM/YYYY; of one column: ' +
      'COLUMN=FORMAT; default found',
    text,
  ),
  ...updateAfterOption,
  dryRun: flag('--dry-run', 'show how columns are read and what would be done, and do nothing'),
} as const;

/** For files of people, which other systems write. */
export const peopleOptions = {
  preset: value(
    '--preset <system>',
    'the system that wrote the file, such as mailchimp, or none; default found by the header',
    text,
  ),
} as const;

/** For files in which each row is a record of its own. */
export const recordOptions = {
  createFields: flag(
    '--create-fields',
    'make custom fields for columns that find none, of the type that all their values fit',
  ),
  multi: values(
    '--multi <list>',
    "what stands between the values of a cell: 'tags=,'; default |, and what makes all parts " +
      'options of a multiselect',
    text,
  ),
  key: value('--key <field>', 'the unique field that says which record a row is about', text),
  mode: value(
    '--mode <mode>',
    'upsert, insert or update; default upsert',
    choice(['upsert', 'insert', 'update']),
  ),
  keyless: value(
    '--keyless <how>',
    'reject or insert rows without a key; default reject',
    choice(['reject', 'insert']),
  ),
  duplicates: value(
    '--duplicates <which>',
    'of rows with one key last, first or error; default last, whose filled cells win',
    choice(['last', 'first', 'error']),
  ),
} as const;

/** For files whose contacts join segments. */
export const joiningOptions = {
  mirror: flag(
    '--mirror',
    'make the static segment equal to the file: who is not in it leaves, after asking; no ' +
      'removal is noted',
  ),
  maxShrink: value(
    '--max-shrink <bound>',
    'with --mirror, change nothing (4) when more than this, 20% or 500, of the members would ' +
      'leave; default 50%',
    bound,
  ),
  overrideRemovals: flag(
    '--override-removals',
    'put those into segments too who were removed from them, and forget the removals',
  ),
} as const;

/** An import that was made. */
export const importArgument = argument('import', 'its id, or last', text);
