import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShell, type Shell } from '../helpers/shell.ts';

/*
 * A page on which contacts choose what they get: 30 lines of HTML and the script of a server, which
 * knows rollcall by contacts:preferences alone. Everything here goes over HTTP, as a browser does it:
 * the page is read, boxes are ticked, the form is sent.
 */

const SERVER = new URL('preference-page/server.js', import.meta.url).pathname;

let shell: Shell;
let origin: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  shell = openShell();
  for (const line of [
    'init',
    'fields:create secret --type text --unique',
    'contacts:add ann@example.org --set secret=s3cret/ann --set points=80',
    'contacts:add bob@example.org --set secret=other',
    'segments:create News --preference-center --public-name "News & <more>"',
    'segments:create Tips --preference-center',
    `segments:create Fans --preference-center --where 'points >= 50'`,
    'segments:create Internal --public',
    'segments:update',
  ])
    rollcall(line);
  ({ origin, stop } = await serve());
}, 120_000);
afterAll(async () => {
  await stop();
  shell.remove();
});

function rollcall(line: string): string {
  const { status, stdout, stderr } = shell.run(`rollcall ${line} --db crm.db`);
  if (status !== 0) throw new Error(`${line} ended with ${status}: ${stderr}`);
  return stdout;
}

async function serve(): Promise<{ origin: string; stop: () => Promise<void> }> {
  const path = shell.run('echo $PATH').stdout.trim();
  const server = spawn(process.execPath, [SERVER, 'crm.db'], {
    ...{ cwd: shell.folder, env: { PATH: path, USER: 'www-data' } },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(server.stdout, 'data')) as [Buffer];
  const port = /port: (\d+)/.exec(said.toString())?.[1] ?? '';
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      server.kill();
      await once(server, 'exit');
    },
  };
}

interface Box {
  readonly value: string;
  readonly label: string;
  readonly isTicked: boolean;
}

/** The boxes of a page as its reader sees them. */
async function boxesOf(secret: string): Promise<Box[]> {
  const html = await (await fetch(`${origin}/${encodeURIComponent(secret)}`)).text();
  const boxes = html.matchAll(
    /<input type="checkbox" name="segment" value="([^"]*)"( checked)?> ([^<]*)/g,
  );
  return [...boxes].map(([, value = '', ticked, label = '']) => ({
    ...{ value, isTicked: ticked !== undefined },
    label: label.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
  }));
}

const ticked = async (secret: string): Promise<string[]> =>
  (await boxesOf(secret)).filter(({ isTicked }) => isTicked).map(({ value }) => value);

/** Sends the form with these boxes ticked; a browser then goes where it is sent. */
async function send(secret: string, ...values: string[]): Promise<number> {
  const body = new URLSearchParams(values.map((value): [string, string] => ['segment', value]));
  return (await fetch(`${origin}/${encodeURIComponent(secret)}`, { method: 'POST', body })).status;
}

const ANN = 's3cret/ann';

describe('the page', () => {
  test('offers what is offered, under public names, and ticks what is so', async () => {
    expect(await boxesOf(ANN)).toEqual([
      { value: 'news', label: 'News & <more>', isTicked: false },
      { value: 'tips', label: 'Tips', isTicked: false },
      { value: 'fans', label: 'Fans', isTicked: true },
    ]);
    expect(await ticked('other')).toEqual([]);
  });

  test('stores a choice as that of the contact, about what it changes alone', async () => {
    expect(await send(ANN, 'news', 'fans')).toBe(200);
    expect(await ticked(ANN)).toEqual(['news', 'fans']);
    const { data } = JSON.parse(rollcall('contacts:segments ann@example.org --json')) as {
      data: unknown;
    };
    expect(data).toMatchObject([
      { alias: 'fans', via: 'filter', pin: null },
      { alias: 'news', via: 'preference-center', by: 'www-data' },
    ]);
    expect(await send(ANN)).toBe(200);
    expect(await ticked(ANN)).toEqual([]);
    expect(rollcall('segments:update')).toContain('joined=0');
    expect(await ticked(ANN)).toEqual([]);
    expect(await ticked('other')).toEqual([]);
  });

  test('is followed by campaigns and imports', async () => {
    await send(ANN, 'news');
    await send(ANN);
    const add = shell.run('rollcall segments:add news ann@example.org --via api:shop --db crm.db');
    expect(add.stdout).toContain('1 held out');
    expect(await send(ANN, 'news')).toBe(200);
    expect(await ticked(ANN)).toEqual(['news']);
  });

  test.each([
    ['a segment that is not offered', ANN, ['internal']],
    ['a segment that does not exist', ANN, ['nothing']],
    ['somebody unknown', 'nobody', ['news']],
  ])('refuses %s, and changes nothing', async (_, secret, values) => {
    const before = await ticked(ANN);
    expect(await send(secret, ...values)).toBe(404);
    expect(await ticked(ANN)).toEqual(before);
  });
});
