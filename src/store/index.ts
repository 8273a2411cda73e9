export * from './changes.ts';
export * from './dry-run.ts';
export * from './rows.ts';
export * from './scans.ts';
export * from './staging.ts';
export * from './store.ts';
export * from './transaction.ts';
