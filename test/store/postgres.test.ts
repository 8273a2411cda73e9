import { describePostgres } from '../helpers/postgres.ts';
import { conformance } from './conformance.ts';
import { postgresFixture } from './postgres/store-fixture.ts';

describePostgres('with a server', () => {
  conformance('the PostgreSQL adapter', postgresFixture);
});
