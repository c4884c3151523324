/** Hands a file to the server, which checks it and makes a project of it. */

export async function sendFile(file: File): Promise<{ id?: string; error?: string }> {
  try {
    const answer = await fetch(`/api/projects?name=${encodeURIComponent(file.name)}`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: file,
    });
    return (await answer.json()) as { id?: string; error?: string };
  } catch {
    return { error: "Layerloom does not answer. Is it still running?" };
  }
}
