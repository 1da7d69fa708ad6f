// SPDX-License-Identifier: BSL-1.0
// Runs the conformance tests: all of them against the program named by LLMX_GATEWAY, or, with --harness,
// only what proves the harness itself (judges, relay, fixtures and clients, without a gateway).
// Further arguments: names of test files (matrix, hostile, ...), or options of `node --test`, such as
// --test-reporter=spec for a line per test.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const harness = args.includes('--harness');
const names = args.filter(a => !a.startsWith('-'));
const options = args.filter(a => a.startsWith('-') && a !== '--harness');
const fail = text => { console.error(`conformance: ${text}`); process.exit(2); };

if (Number(process.versions.node.split('.')[0]) < 22) fail(`Node 22 is needed, this is ${process.versions.node}: start tests/conformance/run`);
const env = { ...process.env };
// What would lead a client elsewhere or change how it behaves.
for (const k of Object.keys(env)) if (/^(OPENAI|ANTHROPIC|GEMINI|GOOGLE|AZURE|AIMOCK)_|^(https?|all|no)_proxy$/i.test(k)) delete env[k];
if (harness) delete env.LLMX_GATEWAY;
else {
    if (!env.LLMX_GATEWAY) fail('set LLMX_GATEWAY to the gateway program, or give --harness to test the harness alone');
    env.LLMX_GATEWAY = path.resolve(env.LLMX_GATEWAY);
    try { fs.accessSync(env.LLMX_GATEWAY, fs.constants.X_OK); } catch { fail(`${env.LLMX_GATEWAY} is not a program`); }
}
const spec = env.LLMX_OPENAI_SPEC ?? path.join(folder, '../../../shared/specs/openai.json');
if (!fs.existsSync(spec)) fail(`the OpenAI description is missing: ${spec} (LLMX_OPENAI_SPEC names another place)`);
const files = names.length ? names.map(n => path.join(folder, `${path.basename(n).replace(/\.test\.mjs$/, '')}.test.mjs`))
    : fs.readdirSync(folder).filter(f => f.endsWith('.test.mjs')).sort().map(f => path.join(folder, f));
for (const f of files) if (!fs.existsSync(f)) fail(`no such test file: ${f}`);

if (!options.some(o => o.startsWith('--test-reporter'))) options.push(`--test-reporter=${path.join(folder, 'lib/reporter.mjs')}`);
const child = spawn(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=600000', ...options, ...files], { cwd: folder, env, stdio: 'inherit' });
// A bound for everything together; every test has a smaller one of its own.
const bound = setTimeout(() => { console.error('conformance: stopped after 30 minutes'); child.kill('SIGTERM'); setTimeout(() => child.kill('SIGKILL'), 5000).unref(); }, 30 * 60_000);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', code => { clearTimeout(bound); process.exitCode = code ?? 1; });
