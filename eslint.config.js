import tseslint from 'typescript-eslint';

const ONE_DRIVER = {
  selector: "NewExpression[callee.name='Sqlite']",
  message: 'openDatabase makes databases: see driver.ts',
};

/** All but words for users: names of ours, and where something is imported from. */
const NO_DATABASE_BY_NAME = [
  ':matches(Identifier, PrivateIdentifier)[name=/sqlite|postgres/i]',
  ':matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration)[source.value=/sqlite|postgres/i]',
  ':matches(ImportExpression, TSImportType)[source.value=/sqlite|postgres/i]',
].map((selector) => ({
  selector,
  message: 'only the adapter and the entrances know which database this is: ask the port',
}));

/** Everybody else is handed the time, so that `--now` and tests settle it. */
const ONE_CLOCK = [
  "MemberExpression[object.name='Date'][property.name='now']",
  ":matches(NewExpression, CallExpression)[callee.name='Date'][arguments.length=0]",
  "MemberExpression[property.name='Now']",
].map((selector) => ({ selector, message: 'readClock reads the clock: see support/clock.ts' }));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'bench/node_modules/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.js', 'bin/*.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // the store port is async; its embedded adapter is not
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // rows of a statement are typed where it is written
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'max-depth': ['error', 4],
      // a switch over all kinds of something is one decision, however many kinds there are
      complexity: ['error', { max: 10, variant: 'modified' }],
      'max-statements': ['error', 15],
      // Prettier wraps all that it can; this is for what it leaves as it is
      'max-len': [
        'error',
        {
          code: 120,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
          ignoreUrls: true,
        },
      ],
    },
  },
  { files: ['**/*.js', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: [
      'src/store/sqlite/**',
      'src/store/postgres/**',
      'src/store/sql/**',
      'src/main.ts',
      'src/index.ts',
      'src/open-store.ts',
      'src/copy-store.ts',
      'src/scan-worker.ts',
    ],
    ignores: ['src/store/sqlite/file/driver.ts'],
    rules: { 'no-restricted-syntax': ['error', ONE_DRIVER, ...ONE_CLOCK] },
  },
  {
    files: ['src/store/sqlite/file/driver.ts', 'bin/**'],
    rules: { 'no-restricted-syntax': ['error', ...ONE_CLOCK] },
  },
  {
    files: ['src/**'],
    ignores: [
      'src/store/sqlite/**',
      'src/store/postgres/**',
      'src/store/sql/**',
      'src/main.ts',
      'src/index.ts',
      'src/open-store.ts',
      'src/copy-store.ts',
      'src/scan-worker.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...NO_DATABASE_BY_NAME, ...ONE_CLOCK] },
  },
  {
    files: ['src/support/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...NO_DATABASE_BY_NAME] },
  },
  // CommonJS starts sooner
  {
    files: ['bin/**', 'bench/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['test/**', 'bench/**', 'fixtures/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'no-console': 'off',
    },
  },
);
