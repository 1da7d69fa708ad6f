// SPDX-License-Identifier: BSL-1.0
// Starts and stops the gateway under test (the program named by LLMX_GATEWAY).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export const gateway_program = process.env.LLMX_GATEWAY || null;
export const master_key = 'sk-test-master-5f0c';
export const upstream_keys = { openai: 'sk-up-openai-71', anthropic: 'sk-up-anthropic-72', gemini: 'up-gemini-73', azure: 'up-azure-74' };

/// Public model name → provider, upstream's name. `think` models are the ones that may reason.
export const models = {
    openai: { name: 'gpt', upstream: 'gpt-4o' },
    anthropic: { name: 'claude', upstream: 'claude-sonnet-4-6' },
    gemini: { name: 'gem', upstream: 'gemini-2.5-flash' },
    azure: { name: 'az', upstream: 'gpt-4o' },
};
export const thinking_models = {
    openai: { name: 'gpt-think', upstream: 'gpt-5' },
    anthropic: { name: 'claude', upstream: 'claude-sonnet-4-6' },
    gemini: { name: 'gem', upstream: 'gemini-2.5-flash' },
    azure: { name: 'az-think', upstream: 'gpt-5' },
};

const deployment = (provider, { name, upstream }, origin) => ({
    model_name: name,
    litellm_params: {
        model: `${provider}/${upstream}`,
        api_key: upstream_keys[provider],
        api_base: provider === 'openai' ? `${origin}/v1` : origin,
        ...(provider === 'azure' ? { api_version: '2024-10-21' } : {}),
    },
});

/// A configuration in LiteLLM's names with every deployment pointing at \p origin.
export function gateway_config(origin, { drop_params = false, extra_models = [], settings = {} } = {}) {
    const rows = new Map();
    for (const set of [models, thinking_models])
        for (const [provider, model] of Object.entries(set)) rows.set(model.name, deployment(provider, model, origin));
    return {
        model_list: [...rows.values(), ...extra_models],
        litellm_settings: { drop_params, num_retries: 0 },
        // The faults are provoked on purpose, one after the other: no deployment may be set aside for them.
        router_settings: { num_retries: 0, disable_cooldowns: true },
        general_settings: { master_key, ...settings },
    };
}

export async function free_port() {
    const probe = net.createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    await new Promise(done => probe.close(done));
    return port;
}

export class Gateway {
    log = '';
    #child = null;
    #folder = null;
    #file = null;

    /// Writes the configuration file anew: a string is YAML as it is, an object becomes JSON.
    configure(config) { return writeFile(this.#file, typeof config === 'string' ? config : JSON.stringify(config, null, 2)); }
    signal(name) { this.#child.kill(name); }
    /// Resolves with the exit code (or signal) once the program has ended.
    async ended(limit_ms) {
        if (this.alive) await once(this.#child, 'exit', { signal: AbortSignal.timeout(limit_ms) });
        return this.exit;
    }

    /// Starts the program and waits until /health/liveliness answers 200.
    static async start(config, { env = {}, args = [], ready_ms = 20_000 } = {}) {
        const g = new Gateway();
        g.#folder = await mkdtemp(path.join(os.tmpdir(), 'llmx-conformance-'));
        g.#file = path.join(g.#folder, typeof config === 'string' ? 'config.yaml' : 'config.json');
        await g.configure(config);
        g.port = await free_port();
        g.#child = spawn(gateway_program, ['--config', g.#file, '--host', '127.0.0.1', '--port', String(g.port), ...args],
            { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH, HOME: g.#folder, ...env } });
        for (const s of [g.#child.stdout, g.#child.stderr]) s.on('data', d => { g.log = (g.log + d).slice(-1_000_000); });
        g.#child.on('error', e => { g.log += `\n${e}`; });
        for (const end = Date.now() + ready_ms; ;) {
            if (!g.alive) { await g.stop(); throw new Error(`the gateway ended at its start:\n${g.log}`); }
            try {
                const r = await fetch(`${g.origin}/health/liveliness`, { signal: AbortSignal.timeout(2000) });
                await r.arrayBuffer();
                if (r.status === 200) return g;
            } catch { /* not listening yet */ }
            if (Date.now() > end) { await g.stop(); throw new Error(`the gateway did not answer /health/liveliness within ${ready_ms} ms:\n${g.log}`); }
            await new Promise(done => setTimeout(done, 50));
        }
    }
    get origin() { return `http://127.0.0.1:${this.port}`; }
    get pid() { return this.#child?.pid; }
    get alive() { return this.#child !== null && this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null; }
    /// How the program ended: its exit code, or the signal's name.
    get exit() { return this.#child?.exitCode ?? this.#child?.signalCode; }

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
