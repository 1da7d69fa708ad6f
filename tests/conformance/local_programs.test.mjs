// SPDX-License-Identifier: BSL-1.0
// Local model programs: examples/local_model in both forms behind the gateway, its end, its restart, a reload and the end of the gateway.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { Gateway, master_key } from './lib/gateway.mjs';
import { needs_gateway } from './lib/stack.mjs';

const script = fileURLToPath(new URL('../../examples/local_model/echo_model.py', import.meta.url));
const python = '/usr/bin/python3';
const row = (name, params) => ({ model_name: name, litellm_params: { model: `local_process/${name}`, restart_delay: 0.2, health_interval: 0.5, ...params } });
const config = ({ extra = [], log = 'info' } = {}) => ({
    model_list: [
        row('lines', { command: [python, script], environment: { MODEL_KEY: 'sk-program' } }),
        row('port', { command: [python, script, '--port', '{port}'] }),
        row('loops', { command: [python, '-c', 'import sys; print("no model here", file=sys.stderr); sys.exit(7)'] }),
        ...extra,
    ],
    litellm_settings: { num_retries: 0 },
    router_settings: { num_retries: 0, disable_cooldowns: true },
    general_settings: { master_key, log_level: log },
});
const ask = content => [{ role: 'user', content }];
const until = async (what, probe, limit_ms = 20_000) => {
    for (const end = Date.now() + limit_ms; ;) {
        const got = await probe();
        if (got) return got;
        assert.ok(Date.now() < end, `${what} did not happen within ${limit_ms} ms`);
        await new Promise(done => setTimeout(done, 50));
    }
};
const runs = pid => {
    try { return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')); } catch { return false; }
};

describe('local programs', { timeout: 120_000, skip: needs_gateway }, () => {
    let g, openai;
    const health = async name => {
        const r = await (await fetch(`${g.origin}/health`, { headers: { authorization: `Bearer ${master_key}` } })).json();
        return r.deployments.find(d => d.model === name).program;
    };
    before(async () => {
        if (needs_gateway) return;
        g = await Gateway.start(config(), { env: { OPENAI_API_KEY: 'sk-of-the-gateway' } });
        openai = new OpenAI({ baseURL: `${g.origin}/v1`, apiKey: master_key, maxRetries: 0, timeout: 20_000 });
    });
    after(() => g?.stop());

    for (const name of ['lines', 'port']) {
        test(`${name}: whole, streamed, embeddings, failures`, async () => {
            const r = await openai.chat.completions.create({ model: name, messages: ask('good\nmorning') });
            assert.equal(r.choices[0].message.content, 'good\nmorning');
            assert.ok(r.usage.total_tokens > 0);
            let text = '', usage = null;
            for await (const chunk of await openai.chat.completions.create({ model: name, messages: ask('one two three'), stream: true, stream_options: { include_usage: true } })) {
                text += chunk.choices[0]?.delta.content ?? '';
                usage = chunk.usage ?? usage;
            }
            assert.equal(text, 'one two three');
            assert.equal(usage.completion_tokens, 3);
            const e = await openai.embeddings.create({ model: name, input: ['a', 'bcd'], encoding_format: 'float' });
            assert.deepEqual(e.data.map(d => d.embedding), [[1, 1], [3, 1]]);
            await assert.rejects(openai.chat.completions.create({ model: name, messages: ask('fail 429') }), e => e.status === 429 && /asked for a failure/.test(e.message));
        });
        test(`${name}: the other languages`, async () => {
            const r = await fetch(`${g.origin}/v1/messages`, {
                method: 'POST', headers: { 'x-api-key': master_key, 'content-type': 'application/json' },
                body: JSON.stringify({ model: name, max_tokens: 10, messages: ask('good evening') }),
            });
            assert.equal((await r.json()).content[0].text, 'good evening');
        });
        test(`${name}: its end is named, and it is restarted`, async () => {
            const before = await until('ready', async () => { const p = await health(name); return p.state === 'ready' && p; });
            await assert.rejects(openai.chat.completions.create({ model: name, messages: ask('exit 3') }), e => e.status >= 500 && e.message.includes(`local program '${name}'`));
            const now = await until('restart', async () => { const p = await health(name); return p.state === 'ready' && p.restarts > before.restarts && p; });
            assert.equal(now.last_end, 'ended with exit status 3');
            assert.notEqual(now.process, before.process);
            assert.equal((await openai.chat.completions.create({ model: name, messages: ask('again') })).choices[0].message.content, 'again');
            assert.match(g.log, new RegExp(`llmx: ${name}: the caller asked for the end`));
        });
    }
    test('many calls at once are told apart', async () => {
        const texts = Array.from({ length: 40 }, (_, i) => `slow text number ${i}`);
        const got = await Promise.all(texts.map(async t => {
            let text = '';
            for await (const c of await openai.chat.completions.create({ model: 'lines', messages: ask(t), stream: true })) text += c.choices[0]?.delta.content ?? '';
            return text;
        }));
        assert.deepEqual(got, texts);
    });
    test('a caller that leaves cancels its call', async () => {
        const s = await openai.chat.completions.create({ model: 'lines', messages: ask(`slow ${'word '.repeat(200)}`), stream: true });
        for await (const _ of s) break;
        s.controller.abort();
        await until('the cancellation', () => /llmx: lines: call \d+ was cancelled/.test(g.log));
    });
    test('the program sees its own variables alone', async () => {
        const value = async name => (await openai.chat.completions.create({ model: 'lines', messages: ask(`env ${name}`) })).choices[0].message.content;
        assert.equal(await value('MODEL_KEY'), 'sk-program');
        assert.equal(await value('OPENAI_API_KEY'), '(not set)');
        assert.equal(await value('HOME'), '(not set)');
        assert.notEqual(await value('PATH'), '(not set)');
    });
    test('a crash loop is in /health and in the answer', async () => {
        const p = await until('three failures', async () => { const p = await health('loops'); return p.failures >= 3 && p; });
        assert.equal(p.last_end, 'ended with exit status 7');
        await assert.rejects(openai.chat.completions.create({ model: 'loops', messages: ask('x') }),
            e => e.status === 503 && /local program 'loops' ended with exit status 7 \(\d+ times in a row\); it is started again in/.test(e.message));
        assert.match(g.log, /llmx: loops: no model here/);
    });
    test('a reload keeps an unchanged program and stops one that is gone', async () => {
        const before = await health('lines');
        await g.configure(config({ extra: [row('added', { command: [python, script] })] }));
        g.signal('SIGHUP');
        await until('the reload', () => /reloaded; deployments: 4/.test(g.log));
        const added = await until('the start', async () => { const p = await health('added'); return p.state === 'ready' && p; });
        assert.equal((await health('lines')).process, before.process);
        await g.configure(config());
        g.signal('SIGHUP');
        await until('the reload', () => /reloaded; deployments: 3/.test(g.log));
        await openai.chat.completions.create({ model: 'lines', messages: ask('x') });
        await until('its end', () => !runs(added.process));
        assert.equal((await health('lines')).process, before.process);
    });
    test('the programs end with the gateway', async () => {
        const all = [(await health('lines')).process, (await health('port')).process];
        for (const pid of all) assert.ok(runs(pid));
        await g.stop();
        assert.equal(g.exit, 0, g.log.slice(-4000));
        for (const pid of all) assert.ok(!runs(pid), `process ${pid} is left`);
    });
});
