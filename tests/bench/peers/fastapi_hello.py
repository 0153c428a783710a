"""A rival: what many would write instead, FastAPI behind Mangum with a template, a model and a client of DynamoDB."""

import boto3
import jinja2
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from mangum import Mangum
from pydantic import BaseModel

client = boto3.client("dynamodb")
page = jinja2.Environment(autoescape=True).from_string("<!doctype html><title>Hello</title><h1>Hello {{ name }}</h1>")
app = FastAPI()


class Name(BaseModel):
    name: str


@app.get("/{shop}")
def hello(shop: str) -> HTMLResponse:
    return HTMLResponse(page.render(Name(name=shop).model_dump()))


answer = Mangum(app, lifespan="off")
