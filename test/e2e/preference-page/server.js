// A preference page over a store: node server.js STORE, with rollcall on the PATH. It prints where it
// listens; /SECRET is the page of the contact whose field `secret` has that value.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const [, , store = 'crm.db'] = process.argv;
const PAGE = readFileSync(new URL('page.html', import.meta.url), 'utf8');

/** @param {...string} words */
async function preferences(...words) {
  const args = ['contacts:preferences', ...words, '--json', '--db', store];
  const { stdout } = await promisify(execFile)('rollcall', args);
  return JSON.parse(stdout).data;
}

const escaped = (/** @type {string} */ word) =>
  word.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** @param {{ segment: string, name: string, chosen: boolean }} offer */
function choice({ segment, name, chosen }) {
  const box = `<input type="checkbox" name="segment" value="${escaped(segment)}"${chosen ? ' checked' : ''}>`;
  return `<li><label>${box} ${escaped(name)}</label></li>`;
}

const server = createServer(async (request, response) => {
  const { method, url = '/' } = request;
  const contact = `secret=${decodeURIComponent(url.slice(1))}`;
  try {
    if (method === 'POST') {
      const form = new URLSearchParams(await text(request));
      await preferences(contact, '--set', form.getAll('segment').join(','));
      return void response.writeHead(303, { location: url }).end();
    }
    const { segments } = await preferences(contact);
    const page = PAGE.replace('<!-- choices -->', () => segments.map(choice).join(''));
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
  } catch {
    response.writeHead(404).end('This page does not exist.'); // why is nobody's business out there
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address()));
