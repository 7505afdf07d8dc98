"""Each person's own tasks in SQLite, behind Doorward. The owner of a row is the token's `sub`, and nothing else is asked."""

import os
import sqlite3
import uuid

from auth import current_user
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

FILE = os.environ.get("TASKS_DATABASE", "tasks.db")
app = FastAPI(title="Tasks")

with sqlite3.connect(FILE) as database:
    database.execute(
        "CREATE TABLE IF NOT EXISTS task (id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, completed INTEGER NOT NULL)"
    )
    database.execute("CREATE INDEX IF NOT EXISTS task_owner ON task (owner)")


class NewTask(BaseModel):
    title: str = Field(min_length=1, max_length=500)
    completed: bool = False


class TaskChange(BaseModel):
    title: str | None = Field(None, min_length=1, max_length=500)
    completed: bool | None = None


def rows(statement, *values):
    with sqlite3.connect(FILE) as database:
        found = database.execute(statement, values).fetchall()
    return [{"id": id, "title": title, "completed": bool(completed), "userId": owner} for id, title, completed, owner in found]


def one(found):
    """Somebody else's task is as unknown as one that never was."""
    if not found:
        raise HTTPException(404, "There is no such task")
    return found[0]


@app.exception_handler(HTTPException)
def in_the_shape_of_the_contract(_, error: HTTPException):
    return JSONResponse({"message": error.detail}, error.status_code, error.headers)


@app.get("/me")
def me(user: str = Depends(current_user)):
    return {"id": user}


@app.get("/api/tasks")
def list_tasks(user: str = Depends(current_user)):
    return rows("SELECT id, title, completed, owner FROM task WHERE owner = ? ORDER BY rowid DESC", user)


@app.post("/api/tasks", status_code=201)
def create(task: NewTask, user: str = Depends(current_user)):
    statement = "INSERT INTO task (id, title, completed, owner) VALUES (?, ?, ?, ?) RETURNING id, title, completed, owner"
    return rows(statement, uuid.uuid4().hex, task.title, task.completed, user)[0]


@app.get("/api/tasks/{id}")
def find(id: str, user: str = Depends(current_user)):
    return one(rows("SELECT id, title, completed, owner FROM task WHERE id = ? AND owner = ?", id, user))


@app.patch("/api/tasks/{id}")
def change(id: str, task: TaskChange, user: str = Depends(current_user)):
    statement = """UPDATE task SET title = COALESCE(?, title), completed = COALESCE(?, completed)
        WHERE id = ? AND owner = ? RETURNING id, title, completed, owner"""
    return one(rows(statement, task.title, task.completed, id, user))


@app.delete("/api/tasks/{id}", status_code=204)
def delete(id: str, user: str = Depends(current_user)):
    one(rows("DELETE FROM task WHERE id = ? AND owner = ? RETURNING id, title, completed, owner", id, user))
    return Response(status_code=204)
