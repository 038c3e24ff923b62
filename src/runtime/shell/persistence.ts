import type { Shell } from '../work/shells.ts';

/** What outlives a command of the Shell agent. */
export interface Kept {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Written last: without it the shell was killed while it wrote. */
const END = 'holdfast-end';

/** Names that belong to one run of a shell, or to the wrapping below. */
const PASSING = /^(_|PWD|SHLVL|ELECTRON_RUN_AS_NODE|__holdfast_.*|BASH_FUNC___holdfast_.*)$/;

/** What a shell is given to run, and what stands in its `$1` and on. */
export interface Wrapped {
  readonly command: string;
  readonly parameters?: readonly string[];
}

/**
 * The command, wrapped so that its final working directory and exported environment are written to `file`, NUL-separated:
 * also after `exit 3`, also when the command is a syntax error, and with the command's own exit code kept. A command that
 * replaces the shell (`exec`), or that leaves through an exit trap of its own, writes nothing, and then nothing changes.
 */
export function keeping({ dialect }: Shell, command: string, file: string): Wrapped {
  switch (dialect) {
    case 'posix':
      return { command: posix(file), parameters: [command] };
    case 'fish':
      return { command: fish(command, file) };
    case 'powershell':
      return { command: powershell(command, file) };
    case 'cmd':
      return { command: cmd(command, file) };
  }
}

/** Reads what a wrapped command wrote; `undefined` when it wrote nothing that can be used. */
export function readKept({ dialect }: Shell, text: string): Kept | undefined {
  const [cwd, ...entries] = text.split(dialect === 'cmd' ? '\r\n' : '\0');
  if (cwd === undefined || cwd === '' || entries.at(-2) !== END) return undefined;
  const env: Record<string, string> = {};
  for (const entry of entries) {
    // Windows has hidden names that begin with `=`.
    const at = entry.indexOf('=', 1);
    const name = entry.slice(0, at);
    if (at > 0 && !PASSING.test(name)) env[name] = entry.slice(at + 1);
  }
  return { cwd, env };
}

/** Where `env -0` is missing or out of reach of PATH, the program that runs us can print the environment as well. */
const printEnvironment =
  'for (const [k, v] of Object.entries(process.env)) process.stdout.write(`${k}=${v}\\0`)';

/**
 * All on one line, and the command given beside it, so that the shell's messages count the lines of the command and not of
 * this: bash begins to count at the line where the text of `eval` ends. The command does not see where it came from.
 */
function posix(file: string): string {
  const own = `ELECTRON_RUN_AS_NODE=1 ${quoted(process.execPath)} -e ${quoted(printEnvironment)}`;
  const print = `printf '%s\\0' "$(pwd)"; command -p env -0 || env -0 || ${own}; printf '${END}\\0'`;
  const keep = `__holdfast_status=$?; { set +eux; { ${print}; } >${quoted(file)}; } 2>/dev/null; return "$__holdfast_status"`;
  const begin = `__holdfast_keep() { ${keep}; }; trap __holdfast_keep EXIT; __holdfast_command=$1; shift`;
  return `${begin}; eval "$__holdfast_command"; __holdfast_keep`;
}

/** `fish_exit` is also fired when the command is a syntax error, and outside of it `$status` is the command's. */
function fish(command: string, file: string): string {
  const text = (value: string): string => `'${value.replace(/[\\']/g, '\\$&')}'`;
  const own = `ELECTRON_RUN_AS_NODE=1 ${text(process.execPath)} -e ${text(printEnvironment)}`;
  const print = `printf '%s\\0' (pwd); /usr/bin/env -0; or command env -0; or ${own}; printf '${END}\\0'`;
  const keep = `begin; ${print}; end >${text(file)} 2>/dev/null`;
  return `function __holdfast_keep --on-event fish_exit; ${keep}; end; eval ${text(command)}`;
}

/** The command is read as a script block of its own, so that a syntax error in it is an error like others. */
function powershell(command: string, file: string): string {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  return `$global:LASTEXITCODE = 0
$__holdfast_ok = $true
try { . ([ScriptBlock]::Create(${text(command)})); $__holdfast_ok = $? }
catch { $_ | Out-String | ForEach-Object { [Console]::Error.WriteLine($_) }; $__holdfast_ok = $false }
finally {
  $__holdfast_kept = @((Get-Location -PSProvider FileSystem).ProviderPath)
  $__holdfast_kept += @(Get-ChildItem Env: | ForEach-Object { $_.Name + '=' + $_.Value }) + @('${END}', '')
  [IO.File]::WriteAllText(${text(file)}, ($__holdfast_kept -join [char]0))
}
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
if (-not $__holdfast_ok) { exit 1 }
`;
}

/** cmd has no traps: `exit` leaves without writing. It ends lines where the others write NUL, see `readKept`. */
function cmd(command: string, file: string): string {
  const print = `cd & set & echo ${END}`;
  return `chcp 65001 >nul & (${command}) & call set __holdfast_status=%^ERRORLEVEL% & (${print}) >"${file}" & call exit /b %^__holdfast_status%`;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
