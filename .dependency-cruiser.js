// The walls of docs/architecture.md. `npm run layers` checks them; each rule says why it stands.

/** A folder may import itself, the folders of src named here, and the packages named here. */
const layer = (name, why, { path, src = [], npm = [] }) => [
  {
    name: `${name}-src`,
    comment: why,
    severity: 'error',
    from: { path },
    to: { path: '^src/', pathNot: [path, ...src.map((folder) => `^src/${folder}/`)] },
  },
  {
    name: `${name}-npm`,
    comment: why,
    severity: 'error',
    from: { path },
    to: {
      dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
      pathNot: npm.map((pkg) => `node_modules/${pkg}/`),
    },
  },
];

/** A room of src/cli may import itself and what is named here of src/cli. */
const roomOfCli = (room, why, allowed) => ({
  name: `cli-${room}`,
  comment: why,
  severity: 'error',
  from: { path: `^src/cli/${room}/` },
  to: { path: '^src/cli/', pathNot: allowed.map((place) => `^src/cli/${place}`) },
});

export default {
  forbidden: [
    ...layer(
      'cli',
      'Commands translate: options in, one service call, a value out. No SQL, no store adapter.',
      {
        path: '^src/cli/',
        src: ['segment', 'contact', 'csv', 'filter', 'store(?!/(sqlite|postgres))', 'support'],
        npm: ['commander', 'chalk', 'ora', 'zod', 'string-width', 'diff'],
      },
    ),
    roomOfCli(
      'output',
      'Output writes whatever it is handed: it knows streams and where the store is, and no command.',
      ['output/', 'io\\.ts$', 'store-path\\.ts$'],
    ),
    roomOfCli('options', 'Options read words: what is done with them is not known here.', [
      'options/',
      'output/',
    ]),
    roomOfCli('views', 'A view tells a value, whichever command and options it came from.', [
      'views/',
      'output/',
    ]),
    roomOfCli('routines', 'What several commands do alike does not know which of them does it.', [
      'routines/',
      'views/',
      'options/',
      'output/',
      '[^/]+$',
    ]),
    roomOfCli(
      'commands',
      'A command knows no other: what two share is an option, a view, a routine.',
      ['routines/', 'views/', 'options/', 'output/', '[^/]+$'],
    ),
    roomOfCli(
      'registry',
      'Only the registry names commands, and loads them when they are called.',
      ['registry/', 'commands/', 'define-command\\.ts$'],
    ),
    {
      name: 'cli-frame',
      comment: 'The frame runs any command: it reaches them through the registry alone.',
      severity: 'error',
      from: { path: '^src/cli/[^/]+$' },
      to: { path: '^src/cli/(commands|routines|views)/' },
    },
    ...layer('csv', 'Files in and out use the services, never the SQL of a store.', {
      path: '^src/csv/',
      src: ['contact', 'segment', 'store(?!/(sqlite|postgres))', 'support'],
      npm: ['csv-stringify', 'zod'],
    }),
    ...layer(
      'segment',
      'Segments know the language and the contacts, not files, terminals or SQLite.',
      {
        path: '^src/segment/',
        src: ['filter', 'contact', 'store(?!/(sqlite|postgres))', 'sql', 'support'],
        npm: ['zod'],
      },
    ),
    ...layer('contact', 'Contacts are below segments.', {
      path: '^src/contact/',
      src: ['filter', 'store(?!/(sqlite|postgres))', 'sql', 'support'],
      npm: ['zod'],
    }),
    ...layer('filter', 'The language does not know the schema: a catalogue is handed to it.', {
      path: '^src/filter/',
      src: ['sql', 'support'],
      npm: ['drizzle-orm'],
    }),
    ...layer(
      'store',
      'The port is types only, so that another adapter can be written against it.',
      {
        path: '^src/store/(?!(sqlite|postgres|sql)/)',
        src: ['sql', 'support'],
      },
    ),
    ...layer('sqlite', 'The adapter implements the port and knows nothing of services.', {
      path: '^src/store/sqlite/',
      src: ['store(?!/postgres)', 'sql', 'support'],
      npm: ['drizzle-orm', 'better-sqlite3', '@types/better-sqlite3'],
    }),
    ...layer(
      'postgres',
      'The adapter for servers, like the one for files; it knows nothing of it.',
      {
        path: '^src/store/postgres/',
        src: ['store(?!/sqlite)', 'sql', 'support'],
        npm: ['drizzle-orm', 'pg', 'pg-copy-streams', '@types/pg', '@types/pg-copy-streams'],
      },
    ),
    ...layer('store-sql', 'What adapters have in common, over an interface that each implements.', {
      path: '^src/store/sql/',
      src: ['store(?!/(sqlite|postgres))', 'sql', 'support'],
      npm: ['drizzle-orm'],
    }),
    ...layer('sql', 'The words in which the language and a store speak, of no database.', {
      path: '^src/sql/',
      src: ['support'],
      npm: ['drizzle-orm'],
    }),
    ...layer('support', 'Leaf modules; each package behind one file.', {
      path: '^src/support/',
      npm: ['temporal-polyfill', 're2js'],
    }),
    {
      name: 'no-cycles',
      comment: 'A cycle is one module pretending to be two, of types alone too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Everything in src is reachable from bin or from the library door.',
      severity: 'error',
      from: { orphan: true, path: '^src/' },
      to: {},
    },
    {
      name: 'reachable',
      comment:
        'Everything in src is reachable from bin, from the library door or from the thread that scans.',
      severity: 'error',
      from: { path: '^src/(main|index|scan-worker)\\.ts$' },
      to: {
        path: '^src/',
        reachable: false,
        pathNot: '^src/(main|index|scan-worker)\\.ts$',
      },
    },
    {
      name: 'no-dev-in-src',
      comment: 'src runs without development packages.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
