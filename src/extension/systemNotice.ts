import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

/** A notification of the operating system: one sentence, and whether it may be heard. */
export interface SystemNotice {
  readonly text: string;
  readonly sound: boolean;
}

/** A program that shows a notification. What others wrote is an argument or a variable of its own, and never part of code. */
export interface NoticeProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Where a notification is shown: the platform, and the environment of the programs there. */
export interface NoticePlace {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

const TITLE = 'Holdfast';
/** What systems show of a notification, in characters. */
const MOST_TEXT = 200;
/** How long a program may take; it is ended then, in milliseconds. */
const MOST_MS = 15_000;

/**
 * Shows a notification of the operating system with the program that the platform has for it (U4). Rejects with what the program
 * said, or with `ENOENT` where there is none; does nothing on a platform that has none.
 */
export async function showSystemNotice(
  notice: SystemNotice,
  { platform, env }: NoticePlace = { platform: process.platform, env: process.env },
): Promise<void> {
  const program = programOf(notice, { platform, env });
  if (program === undefined) return;
  await promisify(execFile)(program.command, program.args, {
    env: { ...env, ...program.env },
    timeout: MOST_MS,
    killSignal: 'SIGKILL',
    windowsHide: true,
  });
}

/** The program of a platform, and what it is given; `undefined` where there is none. Pure. */
export function programOf(
  { text, sound }: SystemNotice,
  { platform, env }: NoticePlace,
): NoticeProgram | undefined {
  const plain = shortened(text);
  switch (platform) {
    case 'linux':
    case 'freebsd':
    case 'openbsd':
      return notifySend(plain, sound);
    case 'darwin':
      return osascript(plain, sound);
    case 'win32':
      return powerShell(plain, sound, env);
    default:
      return undefined;
  }
}

/** The body is markup to whoever shows it, after `notify-send` took backslashes for the beginning of something else. */
function notifySend(text: string, sound: boolean): NoticeProgram {
  const body = text
    .replaceAll('\\', '\\\\')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  const heard = sound ? ['--hint=string:sound-name:message-new-instant'] : [];
  return { command: 'notify-send', args: [`--app-name=${TITLE}`, ...heard, '--', TITLE, body], env: {} };
}

function osascript(text: string, sound: boolean): NoticeProgram {
  const shows = 'display notification (item 2 of argv) with title (item 1 of argv)';
  const script = ['on run argv', sound ? `${shows} sound name "Glass"` : shows, 'end run'];
  const args = [...script.flatMap((line) => ['-e', line]), TITLE, text];
  return { command: '/usr/bin/osascript', args, env: {} };
}

/** Windows shows nothing of a program that it does not know by an id: PowerShell has one on every machine. */
const WINDOWS_SCRIPT = `
$null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
$null = [Windows.Data.Xml.Dom.XmlDocument, Windows.Data.Xml.Dom.XmlDocument, ContentType = WindowsRuntime]
$title = [Security.SecurityElement]::Escape($env:HOLDFAST_NOTICE_TITLE)
$text = [Security.SecurityElement]::Escape($env:HOLDFAST_NOTICE_TEXT)
$audio = '<audio silent="true"/>'
if ($env:HOLDFAST_NOTICE_SOUND -eq '1') { $audio = '<audio src="ms-winsoundevent:Notification.Default"/>' }
$xml = New-Object Windows.Data.Xml.Dom.XmlDocument
$xml.LoadXml("<toast><visual><binding template='ToastGeneric'><text>$title</text><text>$text</text></binding></visual>$audio</toast>")
$toast = New-Object Windows.UI.Notifications.ToastNotification $xml
$app = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($app).Show($toast)
`;

function powerShell(text: string, sound: boolean, { SystemRoot }: NodeJS.ProcessEnv): NoticeProgram {
  const system = path.win32.join(SystemRoot ?? String.raw`C:\Windows`, 'System32');
  return {
    command: path.win32.join(system, 'WindowsPowerShell', 'v1.0', 'powershell.exe'),
    args: [
      ...['-NoLogo', '-NoProfile', '-NonInteractive', '-EncodedCommand'],
      Buffer.from(WINDOWS_SCRIPT, 'utf16le').toString('base64'),
    ],
    env: {
      HOLDFAST_NOTICE_TITLE: TITLE,
      HOLDFAST_NOTICE_TEXT: text,
      HOLDFAST_NOTICE_SOUND: sound ? '1' : '0',
    },
  };
}

/** One line without control characters and halves of characters, and no longer than what is shown. */
function shortened(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= MOST_TEXT ? line : `${characters.slice(0, MOST_TEXT - 1).join('')}…`;
}
