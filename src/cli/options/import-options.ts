import { argument, flag, value, values } from './options.ts';
import { assignment, choice, text } from './values.ts';

/** What the commands that import files have in common. */
export const importArguments = {
  file: argument('file', 'a CSV file; - is standard input', text),
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
  dateFormat: value(
    '--date-format <format>',
    'YMD, DMY, MDY or a pattern such as DD/MM/YYYY; default found',
    text,
  ),
  dryRun: flag('--dry-run', 'show how columns are read and what would be done, and do nothing'),
} as const;

/** For files in which each row is a record of its own. */
export const recordOptions = {
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
  duplicates: value(
    '--duplicates <which>',
    'of rows with one key last, first or error; default last, whose filled cells win',
    choice(['last', 'first', 'error']),
  ),
} as const;
