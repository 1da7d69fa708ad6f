// SPDX-License-Identifier: BSL-1.0
// A real Prometheus (Debian's package) that scrapes one target, and its HTTP API.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { free_port } from './gateway.mjs';

const program = '/usr/bin/prometheus';
/// Reason to skip what needs Prometheus, or false.
export const needs_prometheus = fs.existsSync(program) ? false : `${program} is missing (Debian: apt install prometheus)`;

/// What Prometheus' linter has against an exposition; empty when nothing.
export function lint_metrics(text) {
    const run = spawnSync('/usr/bin/promtool', ['check', 'metrics'], { input: text, encoding: 'utf8', timeout: 30_000 });
    return run.status === 0 ? '' : `${run.stdout}${run.stderr}` || `promtool ended with ${run.status ?? run.signal}`;
}

export class Prometheus {
    log = '';
    #child = null;
    #folder = null;

    /// Scrapes http://127.0.0.1:\p port/metrics each second, with \p key as a bearer token if there is one.
    static async start({ port, key = null, ready_ms = 30_000 }) {
        const p = new Prometheus();
        p.#folder = await mkdtemp(path.join(os.tmpdir(), 'llmx-prometheus-'));
        const file = path.join(p.#folder, 'prometheus.json');
        // JSON is YAML.
        await writeFile(file, JSON.stringify({
            global: { scrape_interval: '1s', scrape_timeout: '1s' },
            scrape_configs: [{
                job_name: 'llmx',
                metrics_path: '/metrics',
                static_configs: [{ targets: [`127.0.0.1:${port}`] }],
                ...(key ? { authorization: { credentials: key } } : {}),
            }],
        }));
        p.port = await free_port();
        p.#child = spawn(program, [`--config.file=${file}`, `--storage.tsdb.path=${path.join(p.#folder, 'data')}`,
            `--web.listen-address=127.0.0.1:${p.port}`, '--log.level=warn'],
            { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, HOME: p.#folder }, cwd: p.#folder });
        for (const s of [p.#child.stdout, p.#child.stderr]) s.on('data', d => { p.log = (p.log + d).slice(-100_000); });
        p.#child.on('error', e => { p.log += `\n${e}`; });
        for (const end = Date.now() + ready_ms; ;) {
            try {
                const r = await fetch(`${p.origin}/-/ready`, { signal: AbortSignal.timeout(2000) });
                await r.arrayBuffer();
                if (r.status === 200) return p;
            } catch { /* not listening yet */ }
            if (!p.alive || Date.now() > end) { await p.stop(); throw new Error(`Prometheus did not become ready:\n${p.log}`); }
            await new Promise(done => setTimeout(done, 50));
        }
    }
    get origin() { return `http://127.0.0.1:${this.port}`; }
    get alive() { return this.#child?.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null; }

    async #api(what) {
        const r = await fetch(`${this.origin}/api/v1/${what}`, { signal: AbortSignal.timeout(5000) });
        const answer = await r.json();
        assert.equal(answer.status, 'success', `${what}: ${JSON.stringify(answer)}`);
        return answer.data;
    }
    /// The value of an expression with one sample, or null when it has none.
    async value(expression) {
        const { result } = await this.#api(`query?query=${encodeURIComponent(expression)}`);
        assert.ok(result.length <= 1, `${expression} has ${result.length} values`);
        return result.length === 0 ? null : Number(result[0].value[1]);
    }
    /// Asks again until \p right accepts the value; fails with what the last scrape returned.
    async until(expression, right, limit_ms = 20_000) {
        let value = null;
        for (const end = Date.now() + limit_ms; Date.now() < end; await new Promise(done => setTimeout(done, 100))) {
            value = await this.value(expression);
            if (value !== null && right(value)) return value;
        }
        const { activeTargets } = await this.#api('targets');
        assert.fail(`${expression} is ${value}; last error of the scrape: "${activeTargets[0]?.lastError}"\n${this.log}`);
    }
    async stop() {
        if (this.alive) {
            const over = once(this.#child, 'exit');
            this.#child.kill('SIGTERM');
            const hard = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
            await over;
            clearTimeout(hard);
        }
        if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
        this.#folder = null;
    }
}
