import { overPostgres } from '../../helpers/stores.ts';

/* What is the same whatever the store is in, asked of the services that stand over it. */

overPostgres('triggers', async () => import('../../segment/triggers.test.ts'));
overPostgres('merges', async () => import('../../segment/merge.test.ts'));
overPostgres('wishes', async () => import('../../csv/value-suppressions.test.ts'));
overPostgres('addresses', async () => import('../../csv/suppressions.test.ts'));
