export * from './changes.ts';
export * from './dry-run.ts';
export * from './health.ts';
export * from './profile.ts';
export * from './rows.ts';
export * from './staging.ts';
export * from './store.ts';
export * from './transaction.ts';
